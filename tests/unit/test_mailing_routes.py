"""Where the mail of a domain goes; names are asked of a real name server of the test's own."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import dns.asyncresolver
import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from dateline.delivery.mailing.routes import Destination, NoServerError, Routes, relay
from dateline.words.errors import NotConfigured

RECORDS = {
    "gazette.example.": ["20 mx2.host.example.", "10 MX1.host.example."],
    "kurier.example.": ["10 mx2.host.example.", "10 mx1.host.example."],
    "nomail.example.": ["0 ."],
    "bare.example.": [],
}


class Names(asyncio.DatagramProtocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        asked = dns.message.from_wire(data)
        name = asked.question[0].name.to_text()
        if name == "broken.example.":
            return
        answer = dns.message.make_response(asked)
        answer.flags |= dns.flags.RA
        if name not in RECORDS:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif RECORDS[name]:
            answer.answer.append(dns.rrset.from_text_list(name, 60, "IN", "MX", RECORDS[name]))
        self.transport.sendto(answer.to_wire(), addr)  # type: ignore[attr-defined]


@pytest.fixture
async def by_mx() -> AsyncIterator[Routes]:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(Names, local_addr=("127.0.0.1", 0))
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], transport.get_extra_info("sockname")[1]
    resolver.timeout = 0.2
    yield Routes("mx:", resolver)
    transport.close()


async def test_the_best_server_comes_first_and_one_site_is_one_destination(by_mx: Routes) -> None:
    gazette, kurier = await by_mx.of("gazette.example"), await by_mx.of("kurier.example")
    assert gazette.hosts == (("mx1.host.example", 25), ("mx2.host.example", 25))
    assert gazette.name == kurier.name
    assert gazette.tls == "may"
    # Strangers say where it leads, so it must not lead home; a relay is the operator's own word.
    assert gazette.outside
    assert not relay("smtp://127.0.0.1:1025").outside


async def test_without_an_mx_the_domain_itself_is_asked(by_mx: Routes) -> None:
    assert await by_mx.of("bare.example") == Destination("bare.example", (("bare.example", 25),), outside=True)


@pytest.mark.parametrize(
    ("domain", "for_good"), [("nomail.example", True), ("nowhere.example", True), ("broken.example", False)]
)
async def test_a_domain_without_servers_says_whether_that_is_for_good(
    by_mx: Routes, monkeypatch: pytest.MonkeyPatch, domain: str, for_good: bool
) -> None:
    monkeypatch.setattr("dateline.delivery.mailing.routes._NAMES", 0.5)
    with pytest.raises(NoServerError, match=domain) as refused:
        await by_mx.of(domain)
    assert refused.value.for_good is for_good


async def test_a_file_of_routes(tmp_path: Path) -> None:
    file = tmp_path / "routes"
    file.write_text("# ours\nGazette.example smtps://me:s%20e@mail.example\n* smtp://relay.example:2525 # the rest\n")
    routes = Routes(f"file:{file}")
    ours = await routes.of("gazette.example")
    assert (ours.hosts, ours.tls, ours.user, ours.password) == ((("mail.example", 465),), "first", "me", "s e")
    assert (await routes.of("kurier.example")).hosts == (("relay.example", 2525),)
    file.write_text("gazette.example mx: and more\n")
    with pytest.raises(NotConfigured, match="line 1"):
        Routes(f"file:{file}")


@pytest.mark.parametrize("url", ["", "relay.example", "http://relay.example", "file:/does/not/exist"])
def test_what_is_no_way_for_mail_is_said(url: str) -> None:
    with pytest.raises(NotConfigured):
        Routes(url)
