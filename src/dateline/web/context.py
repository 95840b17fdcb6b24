"""What every page knows: the wire it belongs to."""

from django.conf import settings
from django.http import HttpRequest


def wire(request: HttpRequest) -> dict[str, object]:
    del request
    return {"wire": settings.DATELINE_WIRE, "demo": settings.DATELINE_DEMO}
