"""A worker is killed in the middle: nobody is missed, and whoever got it twice can tell by the id."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction

from dateline.delivery.channels.webhook import Webhook
from dateline.delivery.mailing import pool
from dateline.delivery.models import Outcome
from dateline.delivery.outbox import FULL
from tests.rooms import stories
from tests.rooms.delivering import account, settled
from tests.rooms.ends import Ends, until
from tests.shared import PATIENCE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("witness_file")]
OUTLETS = JOURNALISTS = 300


def database_url() -> str:
    """The test's own database, for another process."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["DATELINE_DATABASE_URL"])._replace(path=f"/{name}").geturl()


@contextmanager
def process(sink: Ends, output: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The delivery process as the supervisor starts it."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "dateline.site.settings",
        "DATELINE_DATABASE_URL": database_url(),
        "DATELINE_SMTP_URL": sink.smtp_url,
    }
    with output.open("ab") as told:
        line = [sys.executable, "-m", "dateline", "serve", "delivery"]
        running = subprocess.Popen(line, env=environment, stdout=told, stderr=told)
        try:
            yield running
        finally:
            if running.poll() is None:
                running.send_signal(signal.SIGTERM)
            running.wait(PATIENCE)


def test_a_worker_killed_in_the_middle_misses_nobody_and_repeats_only_what_was_in_flight(
    sink: Ends, tmp_path: Path
) -> None:
    with transaction.atomic():
        for number in range(OUTLETS):
            stories.outlet(f"Outlet {number}", sink.hook(f"outlet-{number}"))
            stories.journalist(f"journalist-{number}@gazette.example")
    sink.slow_all = 0.05
    filed = stories.released()
    with process(sink, tmp_path / "first") as first:
        until(lambda: len(sink.posts) > OUTLETS / 3 and len(sink.mails) > 20)
        first.kill()
        first.wait(PATIENCE)
    seen = len(sink.posts) + len(sink.mails)
    assert seen < OUTLETS + JOURNALISTS, "it was killed too late to prove anything"
    assert Outcome.objects.count() <= seen
    with process(sink, tmp_path / "second") as second:
        until(settled)
        second.terminate()
        assert second.wait(PATIENCE) == 0

    posted = Counter((post.path, post.headers["webhook-id"]) for post in sink.posts)
    mailed = Counter((to, mail["Message-ID"]) for to, mail in sink.mails)
    assert len(posted) == OUTLETS
    assert len(mailed) == JOURNALISTS
    again = sum((posted + mailed).values()) - OUTLETS - JOURNALISTS
    in_flight = Webhook.at_once + Webhook.slow_at_once + pool.MOST
    assert again <= in_flight + FULL
    told = account(filed)
    assert told.total.owed == told.total.delivered == OUTLETS + JOURNALISTS
    assert "Tide" not in (tmp_path / "first").read_text() + (tmp_path / "second").read_text()
