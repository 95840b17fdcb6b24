"""What happened to a release."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from dateline.api.auth import actor_of
from dateline.api.replies import reply
from dateline.reports.report import report

router = Router(tags=["reports"])


@router.get("/reports/{key}", response=dict)
def read_report(request: HttpRequest, key: str) -> HttpResponse:
    """Clear time, counts of what was owed and came of it, and each recipient with its evidence; for desk and issuer."""
    return reply(200, report(actor_of(request), key))
