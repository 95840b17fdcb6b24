"""A worker under test, and what the ledger says of it."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from dateline.delivery import ledger, worker
from dateline.delivery.channels import KNOWN
from dateline.delivery.channels.contract import House
from dateline.delivery.deciding import Patience
from dateline.delivery.models import Shard
from dateline.words import clock
from tests.rooms import stories
from tests.shared import PATIENCE

HASTE = Patience(first=0.05, factor=1.5, longest=0.3, attempts=4)


@contextmanager
def delivering(patience: Patience = HASTE) -> Iterator[None]:
    """A worker of its own, for as long as this lasts. What it raised, the test raises."""
    stop, fell = threading.Event(), []

    def work() -> None:
        try:
            worker.run(stop, patience)
        except BaseException as error:
            fell.append(error)
            raise

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(PATIENCE)
        assert not thread.is_alive()
        assert not fell


def house(*, private: bool, smtp_url: str = "") -> House:
    """What a channel is opened with, for what needs no worker."""
    kept = {name: hashlib.sha256(name.encode()).digest() for kind in KNOWN.values() for name in kind.keys}
    return House(settings.DATELINE_WIRE, private, smtp_url, "wire@wire.example", kept)


def settled() -> bool:
    """Everything in the log is planned, and every recipient has a final outcome."""
    totals = ledger.totals(clock.now())
    return totals.behind == 0 and totals.owed == 0 and not Shard.objects.filter(state="open").exists()


def account(filed: object) -> ledger.Account:
    return ledger.account(stories.entry(filed).guid, settings.DATELINE_WIRE.origin)
