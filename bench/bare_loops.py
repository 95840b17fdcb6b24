"""Bare loops to measure the ledger against: they send the same bytes, and keep no account of it.

`python -m bench.bare SMTP_PORT HTTP_PORT`, with an install's environment, prints {name: a second}:
`aiosmtplib` (16 connections, a mail a transaction), `pipelined` (MAIL, RCPT and DATA in one write, asyncio streams),
`signed` (the same, each mail rendered for its reader and signed with RSA-2048), `aiohttp` (signed posts on kept
connections, 200 at once).
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime

import aiohttp
import aiosmtplib
import uvloop
from cryptography.hazmat.primitives.asymmetric import rsa

from dateline.delivery.channels.webhook import Webhook, signature
from dateline.delivery.mailing.dkim import Signer
from dateline.delivery.mailing.mail import Mail, Sender
from dateline.delivery.recipient import Recipient
from dateline.formats import ninjs
from dateline.words.entry import Entry
from dateline.words.wire import Wire

MAILS, SIGNED, POSTS = 20_000, 6_000, 6_500
PARAGRAPH = "<p>" + "The tide rose and the piston rose with it, as it had the day before. " * 6 + "</p>"
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ROUNDS = 3


def entry() -> Entry:
    part = {"lang": "en", "headline": "The tide turns at noon", "dateline": "BREST – ", "body_html": PARAGRAPH * 6}
    source = {"kind": "issuer", "name": "Tidewell", "issuer": "Tidewell", "guid": "", "state_controlled": None}
    source |= {"verified": "", "principal": "", "payer": "", "provider": ""}
    disclosure = {"third_party": False, "sponsored": False, "machine_translated": [], "ai_use": "none"}
    header = {
        "seq": 1,
        "guid": "tag:wire.example,2026:k3",
        "signal": "release",
        "released_at": "2026-11-23T09:00:00.000Z",
        "editions": {"en": 1},
        "source": source,
        "sectors": [],
        "ednote": "",
        "urgency": 4,
        "version": 1,
        "slugline": "tide",
        "countries": ["FR"],
        "tickers": [],
        "circuits": [],
        "audience": ["public"],
        "supersedes": None,
        "source_language": "en",
        "disclosure": disclosure,
    }
    return Entry(header, {"rendition/en": {**part, "labels": []}})


def sender(*signers: Signer) -> Sender:
    return Sender(Wire(name="Wire", origin="wire.example"), "wire@wire.example", b"k" * 32, b"b" * 32, signers)


def reader(number: int) -> Recipient:
    return Recipient(number, f"{number:016x}", f"reader-{number}@news.example", "", 2, "en", 0, f"msg_{number}", "")


async def with_aiosmtplib(port: int) -> float:
    """Sixteen connections; what is sent was rendered before."""
    mail = Mail.of(entry(), "en", sender()).to(reader(1), sender(), NOW)
    numbers = iter(range(MAILS))

    async def one() -> None:
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False)
        await client.connect()
        for number in numbers:
            await client.mail("wire@wire.example")
            await client.rcpt(f"reader-{number}@news.example")
            await client.data(mail)
        await client.quit()

    return await _rate(MAILS, [one() for _ in range(16)])


async def pipelined(port: int, count: int, content: Callable[[int], bytes]) -> float:
    numbers = iter(range(count))

    async def one() -> None:
        source, sink = await asyncio.open_connection("127.0.0.1", port)
        await source.readline()
        sink.write(b"HELO wire.example\r\n")
        await source.readline()
        for number in numbers:
            sink.write(b"MAIL FROM:<wire@wire.example>\r\nRCPT TO:<reader-%d@news.example>\r\nDATA\r\n" % number)
            for _ in range(3):
                await source.readline()
            sink.write(content(number) + b".\r\n")
            await source.readline()
        sink.close()

    return await _rate(count, [one() for _ in range(16)])


async def with_aiohttp(port: int) -> float:
    body = ninjs.render(entry(), "en", Wire(name="Wire", origin="wire.example"))
    secret = Webhook.new_secret("")
    numbers = iter(range(POSTS))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def one() -> None:
            for number in numbers:
                at = int(time.time())
                headers = {
                    "Content-Type": "application/json",
                    "webhook-id": f"msg_{number}",
                    "webhook-timestamp": str(at),
                    "webhook-signature": signature(secret, f"msg_{number}", at, body),
                }
                url = f"http://127.0.0.1:{port}/{number}"
                async with session.post(url, data=body, headers=headers) as answer:
                    await answer.read()

        return await _rate(POSTS, [one() for _ in range(200)])


async def _rate(count: int, loops: list[Awaitable[None]]) -> float:
    began = time.perf_counter()
    await asyncio.gather(*loops)
    return round(count / (time.perf_counter() - began), 1)


def _contents() -> Iterator[tuple[str, int, Callable[[int], bytes]]]:
    plain = sender()
    once = Mail.of(entry(), "en", plain).to(reader(1), plain, NOW)
    yield "pipelined", MAILS, lambda _number: once
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    signs = sender(Signer("wire.example", "bench", key))
    mail = Mail.of(entry(), "en", signs)
    yield "signed", SIGNED, lambda number: mail.to(reader(number), signs, NOW)


async def main(smtp: int, http: int) -> dict[str, float]:
    rates: dict[str, list[float]] = {}
    contents = list(_contents())
    for _ in range(ROUNDS):
        rates.setdefault("aiosmtplib", []).append(await with_aiosmtplib(smtp))
        for name, count, content in contents:
            rates.setdefault(name, []).append(await pipelined(smtp, count, content))
        rates.setdefault("aiohttp", []).append(await with_aiohttp(http))
    return {name: sorted(each)[len(each) // 2] for name, each in rates.items()}


def run(arguments: list[str]) -> None:
    print(json.dumps(uvloop.run(main(int(arguments[0]), int(arguments[1])))))
