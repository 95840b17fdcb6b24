"""Reading what comes back: reports as they are, and anything else without a fall."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.delivery.mailing.returned import Kind, read


def report(action: str, status: str) -> bytes:
    fields = f"Reporting-MTA: dns; a.example\n\nAction: {action}\nStatus: {status}\n"
    head = "Content-Type: multipart/report; boundary=b\n\n"
    return f"{head}--b\nContent-Type: message/delivery-status\n\n{fields}\n--b--\n".encode()


@pytest.mark.parametrize(
    ("action", "status", "kind"),
    [
        ("failed", "5.1.1", Kind.HARD),
        ("FAILED", "5.2.1 (closed)", Kind.HARD),
        ("failed", "5.2.2", Kind.SOFT),
        ("failed", "4.4.7", Kind.SOFT),
        ("failed", "", Kind.SOFT),
        ("delayed", "4.4.1", Kind.DELAY),
        ("delivered", "2.0.0", None),
        ("relayed", "2.0.0", None),
    ],
)
def test_what_a_report_says(action: str, status: str, kind: Kind | None) -> None:
    told = read(report(action, status))
    assert (told.kind if told else None) == kind


@given(st.binary(max_size=400))
def test_any_bytes_can_be_read(content: bytes) -> None:
    read(content)
    read(b"Content-Type: message/delivery-status\n\n" + content)
    read(b"Content-Type: message/feedback-report\n\n" + content)
    read(b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n" + content)
