"""Sectors, and tickets for the live stream."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router

from dateline.api.auth import actor_of
from dateline.api.replies import reply
from dateline.people import ticket
from dateline.vault import keys
from dateline.words import clock, sectors
from dateline.words.languages import canonical

router = Router(tags=["people"])


@router.get("/sectors", auth=None, response=dict)
def list_sectors(request: HttpRequest, lang: str = "en") -> HttpResponse:
    """The sectors of this wire, by code, with their names in a language."""
    tag = canonical(lang)
    named = {code: sectors.name(code, tag) for code in sectors.all_codes()}
    return JsonResponse({"lang": tag, "sectors": named})


@router.post("/tickets", response=dict)
def new_ticket(request: HttpRequest) -> HttpResponse:
    """A ticket for the live stream, with the audience groups of the caller: `GET STREAM/wire?ticket=…`."""
    private = Ed25519PrivateKey.from_private_bytes(keys.named("ticket"))
    wire = settings.DATELINE_WIRE
    actor = actor_of(request)
    made = ticket.sign(private, wire.origin, ticket.new(actor.id, actor.groups, clock.now()))
    return reply(
        200, {"ticket": made, "seconds": int(ticket.LIFE.total_seconds()), "stream": f"{wire.stream_url}/wire"}
    )
