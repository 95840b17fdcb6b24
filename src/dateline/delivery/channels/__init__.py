"""The channels, one file each. They do not know each other; what is common to them is in `contract`."""

from dateline.delivery.channels.contract import Channel, House, Label
from dateline.delivery.channels.email import Email
from dateline.delivery.channels.ftp import Ftp
from dateline.delivery.channels.push import Push
from dateline.delivery.channels.sftp import Sftp
from dateline.delivery.channels.webhook import Webhook
from dateline.delivery.channels.websub import WebSub

KNOWN: dict[str, type[Channel]] = {kind.name: kind for kind in (Webhook, Email, WebSub, Push, Sftp, Ftp)}
LABELS: dict[str, Label] = {name: kind.label for name, kind in KNOWN.items()}
# What a subscriber may choose.
OFFERED: dict[str, Label] = {name: kind.label for name, kind in KNOWN.items() if kind.offered}


def open_all(house: House) -> dict[str, Channel]:
    """Every channel by its name, in the running event loop."""
    return {name: kind(house) for name, kind in KNOWN.items()}
