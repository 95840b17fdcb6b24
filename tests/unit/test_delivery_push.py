"""Web Push without a network: the vector of RFC 8291, who signs, what an answer means, what may be an endpoint."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from dateline.delivery import encrypted, notice, tapped, vapid
from dateline.delivery.channels.push import Push, push_answer
from dateline.delivery.deciding import Meaning
from dateline.words.errors import BadInput
from tests.rooms.subscribed import Reading, plain, vouched, written

# RFC 8291 section 5 and appendix A.
TEXT = b"When I grow up, I want to be a watermelon"
AS_PRIVATE = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
UA_PRIVATE = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
UA_PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A"
    "_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)
AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
SEED = bytes(range(32))
ADDRESS = "https://127.0.0.1/send/1"


def private(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(plain(text), "big"), ec.SECP256R1())


def test_the_vector_of_the_standard() -> None:
    made = encrypted.encrypt(TEXT, plain(UA_PUBLIC), plain(AUTH), own=private(AS_PRIVATE), salt=plain(SALT))
    assert written(made) == BODY
    assert Reading(private(UA_PRIVATE), plain(AUTH)).read(plain(BODY)) == TEXT


def test_each_message_has_a_key_and_salt_of_its_own_and_fits_one_record() -> None:
    reader = Reading()
    first, second = (encrypted.encrypt(b"a" * encrypted.MOST, reader.point, reader.secret) for _ in range(2))
    assert first[:16] != second[:16]
    assert first[21:86] != second[21:86]
    assert len(first) == 4096
    assert reader.read(first) == b"a" * encrypted.MOST
    with pytest.raises(ValueError, match="record"):
        encrypted.encrypt(b"a" * (encrypted.MOST + 1), reader.point, reader.secret)


def test_a_token_is_for_one_service_for_some_hours_and_is_the_wires() -> None:
    signs = vapid.Vapid(SEED, "wire@wire.example")
    first = signs.authorization("https://push.example:444/send/1", AT)
    key, claims = vouched(first)
    assert key == vapid.public(SEED) != vapid.public(bytes(32))
    assert (claims["aud"], claims["sub"]) == ("https://push.example:444", "mailto:wire@wire.example")
    assert timedelta(0) < datetime.fromtimestamp(claims["exp"], UTC) - AT <= timedelta(hours=24)
    assert signs.authorization("https://push.example:444/send/2", AT + timedelta(hours=5)) == first
    assert signs.authorization("https://other.example/send/1", AT) != first
    later = signs.authorization("https://push.example:444/send/1", AT + timedelta(hours=7))
    assert vouched(later)[1]["exp"] > claims["exp"]
    back = signs.authorization("https://push.example:444/send/1", AT - timedelta(days=2))
    assert vouched(back)[1]["exp"] < claims["exp"], "a clock that was set back gets no token from the future"


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        (200, Meaning.DELIVERED), (201, Meaning.DELIVERED), (202, Meaning.DELIVERED), (204, Meaning.DELIVERED),
        (404, Meaning.GONE), (410, Meaning.GONE), (413, Meaning.NEVER), (400, Meaning.NEVER), (401, Meaning.NEVER),
        (403, Meaning.NEVER), (307, Meaning.NEVER), (429, Meaning.AGAIN), (500, Meaning.AGAIN), (503, Meaning.AGAIN),
    ],
)  # fmt: skip
def test_what_an_answer_means(status: int, meaning: Meaning) -> None:
    answer = push_answer(status, "its words", "7", AT)
    assert (answer.meaning, answer.evidence) == (meaning, f"HTTP {status} its words")
    assert answer.wait == (7 if meaning is Meaning.AGAIN else None)


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"p256dh": ""}, "p256dh"),
        ({"p256dh": written(b"\x04" + bytes(64))}, "p256dh"),
        ({"p256dh": UA_PUBLIC[:-4]}, "p256dh"),
        ({"p256dh": "é" * 87}, "p256dh"),
        ({"auth": ""}, "auth"),
        ({"auth": written(bytes(15))}, "auth"),
        ({"auth": "!"}, "auth"),
        ({"actions": "mute shout"}, "actions"),
    ],
)
def test_keys_that_no_browser_has_are_refused(
    changed: dict[str, str], where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dateline.delivery.addresses.check_webhook", lambda _: None)
    good = Reading().options
    assert Push.check(ADDRESS, good) == {**good, "actions": "mute pause"}
    with pytest.raises(BadInput) as refused:
        Push.check(ADDRESS, {**good, **changed})
    assert refused.value.faults[0].where == f"/options/{where}"


def test_muting_is_bounded_and_undone() -> None:
    options = {"auth": "a"}
    for number in range(60):
        options = tapped.muting(options, f"tag:wire.example,2026:{number}")
    assert tapped.quiet(options, "tag:wire.example,2026:59", AT)
    assert not tapped.quiet(options, "tag:wire.example,2026:9", AT), "the oldest gave way"
    options = tapped.pausing(options, AT)
    assert tapped.quiet(options, "tag:another", AT + timedelta(hours=15))
    assert not tapped.quiet(options, "tag:another", AT + timedelta(hours=17))
    assert tapped.undone(options) == {"auth": "a"}


def test_the_name_of_a_story_is_short_steady_and_only_ours() -> None:
    guid = "tag:wire.example,2026:k3"
    first = notice.story(guid, SEED)
    assert first == notice.story(guid, SEED) != notice.story(guid, bytes(32))
    assert len(first) == 32
    assert first.replace("-", "").replace("_", "").isalnum()
