"""What must stand in the DNS for mail to be believed."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dateline.delivery.mailing.dkim import Signer
from dateline.delivery.mailing.published import records

SIGNER = Signer("wire.example", "20261123-ed25519", Ed25519PrivateKey.generate())
NAME = "20261123-ed25519._domainkey.wire.example"


def judged(dns: dict[tuple[str, str], list[str]]) -> dict[str, bool]:
    found = records("wire@wire.example", [SIGNER], lambda name, kind: dns.get((name, kind), []))
    return {each.kind: each.good for each in found}


def test_nothing_is_good_that_is_not_there() -> None:
    assert judged({}) == {"SPF": False, "DKIM": False, "DMARC": False, "MX": False}


def test_what_is_asked_for_is_good_once_it_is_published() -> None:
    wanted = records("wire@wire.example", [SIGNER], lambda *_: [])
    dns = {(each.name, "MX" if each.kind == "MX" else "TXT"): [each.wanted] for each in wanted}
    assert dns.keys() == {
        ("wire.example", "TXT"),
        (NAME, "TXT"),
        ("_dmarc.wire.example", "TXT"),
        ("wire.example", "MX"),
    }
    assert all(judged(dns).values())


def test_other_texts_beside_it_do_no_harm_but_a_second_spf_does() -> None:
    spf = "v=spf1 include:relay.example ~all"
    assert judged({("wire.example", "TXT"): ["site-verification=1", spf]})["SPF"]
    assert not judged({("wire.example", "TXT"): [spf, spf]})["SPF"]
    assert not judged({("wire.example", "TXT"): ["v=spf1 +all"]})["SPF"]


def test_another_key_is_not_ours_and_ours_may_be_written_with_spaces() -> None:
    other = Signer("wire.example", SIGNER.selector, Ed25519PrivateKey.generate())
    assert not judged({(NAME, "TXT"): [other.record()]})["DKIM"]
    assert judged({(NAME, "TXT"): [SIGNER.record().replace("p=", "t=s; p= ")]})["DKIM"]
