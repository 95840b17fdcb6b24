"""Sectors."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router

from dateline.words import sectors
from dateline.words.languages import canonical

router = Router(tags=["people"])


@router.get("/sectors", auth=None, response=dict)
def list_sectors(request: HttpRequest, lang: str = "en") -> HttpResponse:
    """The sectors of this wire, by code, with their names in a language."""
    tag = canonical(lang)
    named = {code: sectors.name(code, tag) for code in sectors.all_codes()}
    return JsonResponse({"lang": tag, "sectors": named})
