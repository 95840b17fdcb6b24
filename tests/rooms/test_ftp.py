"""Files by FTP and by FTP over TLS into the folder of a real Pure-FTPd."""

import asyncio
import os
import time
from collections.abc import Awaitable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from dateline.delivery import acknowledging, endpoints
from dateline.delivery.channels import ftp
from dateline.delivery.deciding import Meaning
from dateline.delivery.filing import filing, lines, taking
from dateline.delivery.filing.lines import Login
from dateline.delivery.filing.place import Place
from dateline.formats import plain_text
from tests.rooms import stories
from tests.rooms.delivering import account, delivering, house, settled
from tests.rooms.ends import until
from tests.rooms.filehosts import Host, deferred, pure_ftpd, reader, watched

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("witness_file")]


@pytest.fixture(autouse=True)
def mended_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filing, "MENDING", 0.3)


def over_tls(host: Host) -> Host:
    return Host(host.url.replace("ftp://", "ftps://"), host.folder, host.log, host.secret, pid=host.pid)


def test_each_message_is_one_file_over_one_login() -> None:
    with pure_ftpd() as host:
        reader(host, format="txt")
        with delivering():
            filed = [stories.released() for _ in range(3)]
            until(settled)
        files = host.files()
    assert sorted(files) == [f"{number:08}-en-release.txt" for number in (1, 2, 3)]
    assert files["00000001-en-release.txt"] == plain_text.render(stories.entry(filed[0]), "en", settings.DATELINE_WIRE)
    assert account(filed[0]).total.delivered == 1


def test_over_tls_the_certificate_is_checked_and_nothing_goes_in_clear(certificate: Path) -> None:
    # With 3 the host takes no command and no data but over TLS.
    with pure_ftpd("-Y", "3", "-2", str(certificate)) as host:
        reader(over_tls(host))
        with delivering():
            stories.released()
            stories.released()
            until(settled)
        assert len(host.files()) == 2
    assert deferred() == set()


def test_a_certificate_that_nobody_signed_is_named_and_gets_no_password(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pure_ftpd("-Y", "1", "-2", str(certificate)) as host:
        reader(over_tls(host))
        with delivering():
            stories.released()
            until(deferred)
        assert host.files() == {}
    (said,) = deferred()
    assert "certificate verify failed" in said


async def test_who_lists_the_folder_in_a_loop_never_sees_half_a_file() -> None:
    sizes = (20_000_000, 10_000_001)
    with pure_ftpd() as host, watched(host.folder) as seen:
        channel = ftp.Ftp(house(private=True))
        for size in sizes * 3:
            await channel.lines.put(Login(Place.of(host.url), host.secret), "story.txt", b"x" * size)
        await channel.close()
        assert list(host.files()) == ["story.txt"]
    assert seen == set(sizes)


def test_a_full_quota_is_waited_for() -> None:
    with pure_ftpd(quota="1000000") as host:
        reader(host)
        used = host.folder.parent / ".ftpquota"
        used.write_text("1 2000000\n")
        os.chown(used, 65534, 65534)
        with delivering():
            stories.released()
            until(deferred)
            assert host.files() == {}
            used.unlink()
            until(settled)
        assert list(host.files()) == ["00000001-en-release.json"]
    assert deferred() == {"552 Quota exceeded: [.00000001-en-release.json.part] won't be saved"}


def test_a_login_that_is_refused_and_a_folder_that_is_missing_lose_nothing() -> None:
    with pure_ftpd() as host:
        stranger = reader(Host(host.url, host.folder, host.log, "wrong"), name="s-{id}")
        reader(Host(f"{host.url}/deeper", host.folder, host.log, host.secret))
        with delivering():
            filed = stories.released()
            until(lambda: len(deferred()) == 2)
            assert {each[:4] for each in deferred()} == {"530 ", "550 "}
            (host.folder / "deeper").mkdir(mode=0o777)
            (host.folder / "deeper").chmod(0o777)
            endpoints.seal_secret(stranger, host.secret)
            stranger.save()
            until(settled)
        assert account(filed).total.delivered == 2
        assert [each.name for each in (host.folder / "deeper").iterdir()] == ["00000001-en-release.json"]


def test_an_attempt_that_was_cut_off_leaves_one_file_and_a_host_that_hangs_up_costs_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put: Any = ftp.Session.put
    cut: list[str] = []

    async def then_lost(self: ftp.Session, name: str, body: bytes) -> None:
        sent: Awaitable[None] = put(self, name, body)
        await sent
        if not cut:
            cut.append(name)
            raise ConnectionResetError("cut off")

    monkeypatch.setattr(ftp.Session, "put", then_lost)
    with pure_ftpd() as host:
        reader(host)
        with delivering():
            filed = stories.released()
            until(settled)
            host.hang_up()
            again = stories.released()
            until(settled)
        assert sorted(host.files()) == ["00000001-en-release.json", "00000002-en-release.json"]
    assert [row.attempts for each in (filed, again) for row in account(each).receipts] == [2, 1]


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"HTTP/1.1 400 Bad\r\n\r\n",
        b"220 \xff\xfe\r\n",
        b"220-" + b"x" * 100_000,
        b"220-x\r\n" * 100_000,
        b"220 a\r\n331 a\r\n230 a\r\n200 a\r\n229 (|||9999999999|)\r\n",
        b"220 a\r\n331 a\r\n230 a\r\n200 a\r\n500 a\r\n227 (1,2,3)\r\n",
    ],
)
async def test_what_is_no_ftp_server_is_an_answer(said: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "OPENING", 1.0)

    over = asyncio.Event()

    async def talk(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            sink.write(said)
            await sink.drain()
            if said:
                await source.read()
        sink.close()
        over.set()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    channel = ftp.Ftp(house(private=True))
    drop = filing.Drop(channel, None, "en")  # type: ignore[arg-type]
    answer = await drop._put(Login(Place.of(f"ftp://wire@127.0.0.1:{port}/"), "x"), "story.txt", b"x")
    await channel.close()
    await asyncio.wait_for(over.wait(), 5)
    server.close()
    assert answer.meaning is Meaning.AGAIN
    assert answer.evidence


def test_who_takes_the_file_of_a_withdrawal_has_acknowledged_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "LOOK_EVERY", 0.2)
    with pure_ftpd() as host, delivering():
        reader(host)
        filed = stories.released()
        until(settled)
        stories.withdrawn(filed)
        until(settled)
        (withdrawal,) = [name for name in host.files() if "withdrawal" in name]
        time.sleep(1)
        assert len(acknowledging.lacking(2)) == 1
        (host.folder / withdrawal).unlink()
        until(lambda: not acknowledging.lacking(2))
