"""Whose tickets the open streams have, and what the wire says of tickets and profiles since they were made. Pure.

A notice is a control message of the tail: `{"what": "revoked", "ticket" | "holder"}`, `{"what": "renewed", "ticket",
"expires"}`, `{"what": "profile", "subscriber", "revision", "languages", "groups", "rules"}`; each has a `number` and
`at`, when it was said (Unix seconds). An edge that starts is told those that any living ticket may need.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Protocol

from dateline.edge import wishes
from dateline.edge.wishes import Wishes
from dateline.people.ticket import LIFE, Ticket
from dateline.words.errors import Unauthorised

# A ticket may be renewed again and again; what was said of it is remembered as long as one life after.
_MEMORY = 2 * LIFE.total_seconds()


class Holder(Protocol):
    """An open stream that came with a ticket."""

    ticket: Ticket | None
    wishes: Wishes

    def wish(self, wishes: Wishes) -> None: ...
    def close(self, code: str, what: str, mend: str) -> None: ...


class Passes:
    """The open streams by ticket, and the newest notices."""

    def __init__(self) -> None:
        self.number = 0
        self._open: dict[str, set[Holder]] = defaultdict(set)
        self._revoked: dict[str, float] = {}
        self._renewed: dict[str, datetime] = {}
        self._profiles: dict[int, Mapping[str, Any]] = {}

    def admit(self, ticket: Ticket, now: datetime) -> Ticket:
        """The ticket as it stands now, renewed or with another profile; Unauthorised if it was revoked or expired."""
        if self._is_revoked(ticket):
            raise Unauthorised("The ticket was revoked. Ask for a new one: POST /api/v1/tickets")
        ticket = replace(ticket, expires=max(ticket.expires, self._renewed.get(ticket.id, ticket.expires)))
        if ticket.expires <= now:
            raise Unauthorised("The ticket has expired. Ask for a new one: POST /api/v1/tickets")
        profile = self._profiles.get(ticket.subscriber) if ticket.subscriber is not None else None
        return with_profile(ticket, profile) if profile and profile["revision"] > ticket.revision else ticket

    def came(self, stream: Holder) -> None:
        for name in _names(stream.ticket):
            self._open[name].add(stream)

    def went(self, stream: Holder) -> None:
        for name in _names(stream.ticket):
            self._open[name].discard(stream)
            if not self._open[name]:
                del self._open[name]

    def hear(self, notice: Mapping[str, Any], now: float) -> None:
        """Take in a notice, and do what it says to the streams that are open."""
        self.number = max(self.number, notice["number"])
        if notice["at"] < now - _MEMORY:
            return
        if notice["what"] == "revoked":
            self._revoke(notice)
        elif notice["what"] == "renewed":
            self._renew(notice["ticket"], datetime.fromtimestamp(notice["expires"], UTC))
        elif notice["what"] == "profile":
            self._change(notice)

    def forget(self, now: float) -> None:
        """Let go what no living ticket can be meant by any more."""
        self._revoked = {name: at for name, at in self._revoked.items() if at > now - _MEMORY}
        self._renewed = {name: at for name, at in self._renewed.items() if at.timestamp() > now}
        self._profiles = {pk: each for pk, each in self._profiles.items() if each["at"] > now - _MEMORY}

    def _is_revoked(self, ticket: Ticket) -> bool:
        holder = self._revoked.get(f"holder {ticket.holder}")
        return f"ticket {ticket.id}" in self._revoked or (holder is not None and ticket.issued.timestamp() <= holder)

    def _revoke(self, notice: Mapping[str, Any]) -> None:
        name = f"ticket {notice['ticket']}" if "ticket" in notice else f"holder {notice['holder']}"
        self._revoked[name] = notice["at"]
        for stream in list(self._open.get(name, ())):
            if stream.ticket is not None and self._is_revoked(stream.ticket):
                stream.close("revoked", "The ticket was revoked.", "Ask for a new one: POST /api/v1/tickets")

    def _renew(self, name: str, expires: datetime) -> None:
        self._renewed[name] = max(expires, self._renewed.get(name, expires))
        for stream in list(self._open.get(f"ticket {name}", ())):
            if stream.ticket is not None:
                stream.ticket = replace(stream.ticket, expires=max(stream.ticket.expires, expires))

    def _change(self, notice: Mapping[str, Any]) -> None:
        known = self._profiles.get(notice["subscriber"])
        if known is not None and known["revision"] >= notice["revision"]:
            return
        self._profiles[notice["subscriber"]] = notice
        for stream in list(self._open.get(f"subscriber {notice['subscriber']}", ())):
            if stream.ticket is not None:
                stream.ticket = with_profile(stream.ticket, notice)
                stream.wish(wishes.changed(stream.wishes, stream.ticket))


def with_profile(ticket: Ticket, profile: Mapping[str, Any]) -> Ticket:
    """The ticket with this profile in the place of its own."""
    return replace(
        ticket,
        languages=tuple(profile["languages"]),
        groups=frozenset(profile["groups"]),
        rules=tuple(profile["rules"]),
        revision=profile["revision"],
        large=False,
    )


def _names(ticket: Ticket | None) -> list[str]:
    """What a notice may call a stream by."""
    if ticket is None:
        return []
    names = [f"ticket {ticket.id}", f"holder {ticket.holder}"]
    return names if ticket.subscriber is None else [*names, f"subscriber {ticket.subscriber}"]
