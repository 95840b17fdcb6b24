"""Reading what a mail server answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.delivery.deciding import Meaning
from dateline.delivery.mailing.replies import BadReply, Cause, Lines, Reply, answer, asked, cause


@given(st.lists(st.tuples(st.integers(200, 599), st.lists(st.text("abc -.", max_size=9), min_size=1, max_size=4))))
def test_replies_are_the_same_however_the_bytes_are_cut(said: list[tuple[int, list[str]]]) -> None:
    data = b"".join(
        b"".join(f"{code}{'-' if at + 1 < len(texts) else ' '}{text}\r\n".encode() for at, text in enumerate(texts))
        for code, texts in said
    )
    expected = [Reply(code, "\n".join(text.strip() for text in texts)) for code, texts in said]
    assert Lines().feed(data) == expected
    lines = Lines()
    assert [reply for at in range(len(data)) for reply in lines.feed(data[at : at + 1])] == expected


@pytest.mark.parametrize("data", [b"HTTP/1.1 400 Bad Request\r\n", b"\r\n", b"2501 what\r\n", b"250-a\r\n" * 200])
def test_what_is_no_mail_server_is_told_apart(data: bytes) -> None:
    with pytest.raises(BadReply):
        Lines().feed(data)


def test_a_line_without_an_end_is_not_kept_for_ever() -> None:
    lines = Lines()
    assert lines.feed(b"2" * 2000) == []
    with pytest.raises(BadReply):
        lines.feed(b"2" * 100)


@pytest.mark.parametrize(
    ("code", "meaning"),
    [(250, "delivered"), (421, "again"), (450, "again"), (550, "never"), (554, "never"), (334, "again")],
)
def test_what_a_reply_means(code: int, meaning: str) -> None:
    assert answer(Reply(code, "2.0.0 queued as 7F3")).meaning == Meaning(meaning)


@pytest.mark.parametrize(
    ("code", "text", "of", "wait"),
    [
        (421, "4.7.0 [TSS04] Messages temporarily deferred due to unexpected volume", Cause.PACE, None),
        (421, "4.7.28 Our system has detected an unusual rate of unsolicited mail", Cause.PACE, None),
        (451, "4.7.650 The mail server has been temporarily rate limited", Cause.PACE, None),
        (450, "4.2.1 The user you are trying to contact is receiving mail at a rate", Cause.PACE, None),
        (452, "4.5.3 Too many recipients", Cause.PACE, None),
        (421, "Service not available", Cause.PACE, None),
        (451, "4.7.1 Greylisting in action, please come back in 5 minutes", Cause.GREY, 300.0),
        (450, "4.2.0 Recipient address rejected: Greylisted", Cause.GREY, 60.0),
        (452, "4.2.2 Mailbox full", Cause.OWN, None),
        (450, "4.1.1 Mailbox is locked, wait 20 seconds", Cause.OWN, 20.0),
        (550, "5.1.1 No such user, we limit those", Cause.OWN, None),
        (250, "2.0.0 Ok: queued, rate 5", Cause.OWN, None),
    ],
)
def test_what_a_refusal_is_about(code: int, text: str, of: Cause, wait: float | None) -> None:
    assert cause(Reply(code, text)) is of
    assert asked(Reply(code, text)) == wait
