"""What a request to the hub may look like, and what becomes of it."""

from datetime import timedelta
from urllib.parse import unquote_to_bytes

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from dateline.delivery.hub import asking
from dateline.delivery.hub.verifying import with_query
from dateline.words.errors import BadInput

BASE = settings.DATELINE_WIRE.base_url
RIGHT = {"hub.mode": "subscribe", "hub.topic": f"{BASE}/feeds/en.rss", "hub.callback": "https://reader.example/cb"}


@pytest.mark.parametrize(
    ("asked", "lasts"),
    [
        ("", timedelta(days=10)),
        ("0", timedelta(hours=1)),
        ("3599", timedelta(hours=1)),
        ("86400", timedelta(days=1)),
        ("9" * 40, timedelta(days=30)),
    ],
)
def test_no_lease_is_for_ever_nor_for_a_moment(asked: str, lasts: timedelta) -> None:
    assert asking.asked({**RIGHT, "hub.lease_seconds": asked}).lease == lasts


def test_a_secret_may_have_199_bytes() -> None:
    assert asking.asked({**RIGHT, "hub.secret": "a" * 199}).secret == "a" * 199
    with pytest.raises(BadInput, match="200 bytes"):
        asking.asked({**RIGHT, "hub.secret": "a" * 200})


def test_who_leaves_need_not_say_for_how_long_nor_keep_a_secret() -> None:
    found = asking.asked({**RIGHT, "hub.mode": "unsubscribe", "hub.lease_seconds": "x", "hub.secret": "a" * 300})
    assert (found.lease, found.secret) == (timedelta(0), "")


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("%7Eada/%41%2d%2E%5F", "~ada/A-._"),
        ("%2F%3F%26%3D%20%C3%A4", "%2F%3F%26%3D%20%C3%A4"),
        ("100%", "100%"),
        ("%2541", "%2541"),
    ],
)
def test_only_what_needs_no_encoding_is_decoded(sent: str, read: str) -> None:
    assert asking.decoded(sent) == read


@given(st.lists(st.sampled_from(["a", "~", "/", "?", "&", "=", "%41", "%2F", "%3f", "%25", "%7e", "%C3"])))
def test_decoding_keeps_what_the_address_means(parts: list[str]) -> None:
    url = "".join(parts)
    once = asking.decoded(url)
    assert asking.decoded(once) == once
    assert unquote_to_bytes(once) == unquote_to_bytes(url)
    assert [once.count(mark) for mark in "/?&="] == [url.count(mark) for mark in "/?&="]


@pytest.mark.parametrize(
    ("callback", "address"),
    [
        ("https://a.example/cb", "https://a.example/cb?x=1"),
        ("https://a.example/cb?y=2", "https://a.example/cb?y=2&x=1"),
        ("https://a.example/cb?", "https://a.example/cb?x=1"),
        ("https://a.example/cb?x=0&", "https://a.example/cb?x=0&x=1"),
    ],
)
def test_what_is_added_comes_last(callback: str, address: str) -> None:
    assert with_query(callback, "x=1") == address


def test_of_a_field_that_comes_twice_the_first_counts() -> None:
    assert asking.form(asking.FORM, b"hub.mode=subscribe&hub.mode=unsubscribe") == {"hub.mode": "subscribe"}
    assert asking.form(f"{asking.FORM}; charset=UTF-8", b"a=%C3%A4+b&c=") == {"a": "ä b", "c": ""}
