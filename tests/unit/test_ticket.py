"""Tickets: what they grant, to whom, and for how long."""

import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import assume, given
from hypothesis import strategies as st

from dateline.people import ticket
from dateline.words.errors import BadInput, Unauthorised

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
OTHER = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ORIGIN = "wire.example"


def made(key: Ed25519PrivateKey, groups: frozenset[str], **profile: Any) -> str:
    return ticket.sign(key, ORIGIN, ticket.new("user:1", groups, NOW, **profile))


GOOD = made(KEY, frozenset({"media"}))


def read(text: str, now: datetime = NOW, origin: str = ORIGIN) -> ticket.Ticket:
    return ticket.read(text, KEY.public_key(), origin, now)


@given(st.frozensets(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), max_size=10))
def test_a_ticket_grants_the_groups_that_it_was_made_for(groups: frozenset[str]) -> None:
    granted = read(made(KEY, groups))
    # As they stand in the log, which is NFC.
    named = frozenset(unicodedata.normalize("NFC", group) for group in groups)
    assert (granted.groups, granted.issued, granted.expires) == (named, NOW, NOW + ticket.LIFE)


def test_it_grants_them_for_a_quarter_of_an_hour_and_no_longer() -> None:
    assert read(GOOD, NOW + ticket.LIFE - timedelta(seconds=1)).groups == {"media"}
    with pytest.raises(Unauthorised, match="expired"):
        read(GOOD, NOW + ticket.LIFE)


def test_another_key_or_another_wire_makes_no_ticket_for_this_one() -> None:
    with pytest.raises(Unauthorised, match="not made by this wire"):
        read(made(OTHER, frozenset({"media"})))
    with pytest.raises(Unauthorised, match="not made by this wire"):
        read(GOOD, origin="other.example")


@given(st.integers(0, len(GOOD) - 1), st.characters())
def test_a_ticket_that_was_changed_anywhere_grants_nothing_else(at: int, char: str) -> None:
    changed = GOOD[:at] + char + GOOD[at + 1 :]
    assume(changed != GOOD)
    try:
        granted = read(changed)
    except Unauthorised:
        return
    # The last character of a part has bits that stand for nothing.
    assert granted == read(GOOD)
    assert at in {GOOD.index(".") - 1, len(GOOD) - 1}


@pytest.mark.parametrize(
    "text", ["", ".", "a.b", GOOD + "A", GOOD.replace(".", ""), GOOD + "." + GOOD, "é" * 100, "A" * 100_000, "\x00"]
)
def test_what_is_no_ticket_is_refused_and_breaks_nothing(text: str) -> None:
    with pytest.raises(Unauthorised, match="POST /api/v1/tickets"):
        read(text)


def test_a_ticket_is_no_longer_than_the_head_of_a_request_can_hold() -> None:
    groups = frozenset(f"group-{each:03}-of-a-rather-long-name" for each in range(200))
    with pytest.raises(BadInput, match="200 groups"):
        made(KEY, groups)
