"""What a tap on a browser's notice does, by the token in its address: no sign-in; the subscription page undoes it."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from dateline.delivery import links, tapped
from dateline.delivery.channels import KNOWN
from dateline.delivery.models import Endpoint
from dateline.vault import keys
from dateline.words.errors import BadInput, Conflict, Fault, NotFound

_GUID = 200


def token(endpoint: Endpoint) -> str:
    """What stands in the address `/push/{token}` of an endpoint's notices."""
    return links.signed(keys.named(tapped.KEY), endpoint.name)


def act(token: str, name: str, given: Mapping[str, str], now: datetime) -> None:
    """Do what was tapped. NotFound for a token that is nobody's, or of what has ended."""
    try:
        with transaction.atomic():
            row = _owner(token)
            _do(row, name, given, now)
            row.save(update_fields=["options", "address"])
    except IntegrityError:
        raise Conflict([Fault("known-endpoint", "This address is here already.", "/address", "Use it.")]) from None


@transaction.atomic
def undo(endpoint: Endpoint) -> None:
    """Tell everything again. The row is read anew: a tap may come at the same time."""
    row = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
    row.options = tapped.undone(row.options)
    row.save(update_fields=["options"])


def _do(row: Endpoint, name: str, given: Mapping[str, str], now: datetime) -> None:
    match name:
        case "mute":
            row.options = tapped.muting(row.options, _story(given.get("guid", "")))
        case "pause":
            row.options = tapped.pausing(row.options, now)
        case "move":
            _move(row, given)
        case _:
            raise BadInput([Fault("bad-act", "There is no such act.", "/act", "Write mute, pause or move.")])


def _owner(token: str) -> Endpoint:
    known = links.is_signed(keys.named(tapped.KEY), token)
    rows = Endpoint.objects.select_for_update().exclude(state=Endpoint.State.ENDED)
    found = rows.filter(name=token[: links.NAME], channel="push").first() if known else None
    if found is None:
        raise NotFound("This address is not one of ours, or what it stands for has ended.")
    return found


def _story(guid: str) -> str:
    if not guid.startswith("tag:") or len(guid) > _GUID or guid.split() != [guid]:
        raise BadInput([Fault("bad-guid", "This is no story's id.", "/guid", "Write the guid of the notice.")])
    return guid


def _move(row: Endpoint, given: Mapping[str, str]) -> None:
    """The browser has a new subscription in the place of the old one (Push API, `pushsubscriptionchange`)."""
    address = given.get("address", "").strip()
    keys_given = {name: given.get(name, "") for name in ("p256dh", "auth")}
    fresh = KNOWN["push"].check(address, {**row.options, **keys_given})
    row.address, row.options = address, {**row.options, **fresh}
