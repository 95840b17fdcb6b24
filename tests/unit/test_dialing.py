"""Which addresses of a host are tried, and in which order."""

import socket

from aiohttp.abc import ResolveResult

from dateline.delivery.dialing import in_turn


def found(address: str) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(hostname="host.example", host=address, port=443, family=family, proto=6, flags=0)


def tried(*addresses: str) -> list[str]:
    return [each["host"] for each in in_turn([found(address) for address in addresses])]


def test_the_families_take_turns_and_the_systems_first_choice_is_first() -> None:
    six = [f"2001:db8::{number}" for number in (1, 2, 3)]
    assert tried(*six, "192.0.2.1") == [six[0], "192.0.2.1", six[1], six[2]]
    assert tried("192.0.2.1", "192.0.2.2", *six) == ["192.0.2.1", six[0], "192.0.2.2", six[1], six[2]]


def test_of_hundreds_a_few_of_both_families_are_tried() -> None:
    many = [f"2001:db8::{number:x}" for number in range(200)]
    assert tried(*many, "192.0.2.1") == [many[0], "192.0.2.1", *many[1:5]]
    assert tried() == []
