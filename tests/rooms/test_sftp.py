"""Files by SFTP into the folder of a real OpenSSH: whole or not at all, once, and nothing lost by what is mended."""

import asyncio
import json
import time
from pathlib import Path

import asyncssh
import pytest
from django.conf import settings

from dateline.delivery import acknowledging, endpoints
from dateline.delivery.channels import sftp
from dateline.delivery.deciding import Meaning
from dateline.delivery.filing import filing, lines, taking
from dateline.delivery.filing.lines import Login
from dateline.delivery.filing.place import Place
from dateline.delivery.models import Acknowledgement
from dateline.formats import newsml_g2, ninjs
from tests.rooms import stories
from tests.rooms.delivering import account, delivering, house, settled
from tests.rooms.ends import until
from tests.rooms.filehosts import Host, deferred, key, openssh, reader, watched

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("witness_file")]


@pytest.fixture(autouse=True)
def mended_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filing, "MENDING", 0.3)


def test_each_message_is_one_file_in_its_format_over_one_connection(tmp_path: Path) -> None:
    with openssh(tmp_path) as host:
        reader(host)
        reader(host, name="{date}_{id}.{ext}", format="xml")
        with delivering():
            filed = [stories.released() for _ in range(3)]
            until(settled)
        first, *_ = filed
        wire = settings.DATELINE_WIRE
        files = host.files()
        assert files["00000001-en-release.json"] == ninjs.render(stories.entry(first), "en", wire)
        (row,) = [each for each in account(first).receipts if each.message in " ".join(files)]
        released = f"{stories.entry(first).released_at:%Y%m%dT%H%M%SZ}"
        assert files[f"{released}_{row.message}.xml"] == newsml_g2.render(stories.entry(first), "en", wire)
        assert len(files) == 6
        # Two outlets with one login, three entries.
        assert host.said.count("Accepted publickey") == 1


def test_an_attempt_that_was_cut_off_after_it_got_through_leaves_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, cut = sftp.Session.put, []

    async def then_lost(self: sftp.Session, name: str, body: bytes) -> None:
        await put(self, name, body)
        if not cut:
            cut.append(name)
            raise ConnectionResetError("cut off")

    monkeypatch.setattr(sftp.Session, "put", then_lost)
    with openssh(tmp_path) as host:
        # What a killed process left.
        (host.folder / ".00000001-en-release.json.part").write_text("half of")
        reader(host)
        with delivering():
            filed = stories.released()
            until(settled)
        assert list(host.files()) == ["00000001-en-release.json"]
        assert json.loads(host.files()["00000001-en-release.json"])["headlines"][0]["value"] == "Tide turns"
    (row,) = account(filed).receipts
    assert (row.state, row.attempts) == ("delivered", 2)


async def test_who_lists_the_folder_in_a_loop_never_sees_half_a_file(tmp_path: Path) -> None:
    sizes = (20_000_000, 10_000_001)
    with openssh(tmp_path) as host, watched(host.folder) as seen:
        channel = sftp.Sftp(house(private=True))
        for size in sizes * 3:
            await channel.lines.put(Login(Place.of(host.url), host.secret, host.host_key), "story.txt", b"x" * size)
        await channel.close()
        assert list(host.files()) == ["story.txt"]
    assert seen == set(sizes)


def test_a_host_whose_key_changed_is_named_and_gets_all_when_that_is_mended(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with openssh(other) as good:
        reader(good, "Ilbo")
        with openssh(tmp_path) as host:
            changed = reader(host)
            with delivering():
                stories.released()
                until(settled)
        port = Place.of(host.url).port
        with openssh(tmp_path, port) as host, delivering():
            stories.released()
            until(deferred)
            until(lambda: len(good.files()) == 2)
            assert len(host.files()) == 1
            shown = asyncssh.import_public_key(host.host_key).get_fingerprint()
            pinned = asyncssh.import_public_key(changed.options["host_key"]).get_fingerprint()
            assert deferred() == {f"the host key has changed: it is {shown}, and {pinned} is pinned"}
            changed.options["host_key"] = shown
            endpoints.seal_secret(changed, host.secret)
            changed.save()
            until(settled)
            assert len(host.files()) == 2


def test_a_full_disk_is_waited_for(tmp_path: Path) -> None:
    with openssh(tmp_path) as host:
        # The kernel's own full disk: what is written there is refused.
        (host.folder / ".00000001-en-release.json.part").symlink_to("/dev/full")
        reader(host)
        with delivering():
            stories.released()
            until(settled)
        assert deferred() == {"SFTP 4 Failure"}
        assert list(host.files()) == ["00000001-en-release.json"]


def test_a_login_that_is_refused_and_a_folder_that_is_missing_lose_nothing(tmp_path: Path) -> None:
    with openssh(tmp_path) as host:
        strange = tmp_path / "strange"
        key(strange)
        stranger = reader(Host(host.url, host.folder, host.log, strange.read_text(), host.host_key), name="s-{id}")
        reader(Host(f"{host.url}/deeper", host.folder, host.log, host.secret, host.host_key))
        with delivering():
            filed = stories.released()
            until(lambda: len(deferred()) == 2)
            assert {each.partition(":")[0] for each in deferred()} == {
                "the login was refused",
                "SFTP 2 No such file",
            }
            (host.folder / "deeper").mkdir()
            endpoints.seal_secret(stranger, host.secret)
            stranger.save()
            until(settled)
        assert account(filed).total.delivered == 2
        assert [each.name for each in (host.folder / "deeper").iterdir()] == ["00000001-en-release.json"]


def test_a_connection_that_the_host_closed_meanwhile_costs_no_attempt(tmp_path: Path) -> None:
    with openssh(tmp_path) as host:
        reader(host)
        with delivering():
            stories.released()
            until(settled)
            host.hang_up()
            stories.released()
            until(settled)
        assert host.said.count("Accepted publickey") == 2
    assert deferred() == set()


async def test_an_unused_connection_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "IDLE", 0.1)
    with openssh(tmp_path) as host:
        channel = sftp.Sftp(house(private=True))
        await channel.lines.put(Login(Place.of(host.url), host.secret, host.host_key), "story.txt", b"x")
        for _ in range(50):
            if "disconnected by user" in host.said or "Disconnected from" in host.said:
                break
            await asyncio.sleep(0.1)
        assert "isconnected" in host.said
        await channel.close()


async def test_its_own_network_is_never_dialled(tmp_path: Path) -> None:
    channel = sftp.Sftp(house(private=False))
    login = Login(Place.of("sftp://wire@localhost:22/"), "x", "SHA256:" + "A" * 43)
    drop = channel.prepare(None, "en")  # type: ignore[arg-type]
    answer = await drop._put(login, "story.txt", b"x")
    await channel.close()
    assert answer.meaning is Meaning.NEVER
    assert "own network" in answer.evidence


def test_who_takes_the_file_of_a_withdrawal_out_of_the_folder_has_acknowledged_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "LOOK_EVERY", 0.2)
    with openssh(tmp_path) as host, delivering():
        reader(host)
        filed = stories.released()
        until(settled)
        stories.withdrawn(filed)
        until(settled)
        (withdrawal,) = [name for name in host.files() if "withdrawal" in name]
        time.sleep(1)
        assert len(acknowledging.lacking(2)) == 1
        (host.folder / withdrawal).rename(tmp_path / "taken")
        until(lambda: not acknowledging.lacking(2))
    assert Acknowledgement.objects.get().how == "file"
