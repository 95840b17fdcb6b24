"""One who is owed an entry, and all that a channel needs to reach him."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from dateline.delivery.deciding import Answer


@dataclass(slots=True)
class Recipient:
    """`endpoint` and `name` are its row and its random name; `options` and `secret` are what its channel keeps there.

    `attempts` counts those before. `message` is the deterministic id of this message, `before` that of the entry
    that this one supersedes. `barred` stands in the place of an attempt where nothing may be sent; None: it may.
    `gathered_until` is when the digest is due in which the reader wants it; None: by itself.
    """

    endpoint: int
    name: str
    address: str
    secret: str
    concurrency: int
    lang: str
    attempts: int
    message: str
    before: str
    barred: Answer | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    gathered_until: datetime | None = None
