"""A browser's notice: rendered once for an entry and language, made somebody's own by his actions and his token."""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dateline.delivery import links
from dateline.delivery.deciding import TAKES_BACK
from dateline.delivery.encrypted import unpadded
from dateline.delivery.recipient import Recipient
from dateline.formats.frame import cut
from dateline.formats.said import said
from dateline.words.entry import Entry
from dateline.words.release import Signal
from dateline.words.wire import Wire

# What a tap does → what the button says, in the language of the notice.
ACTIONS = {
    "read": gettext_noop("Read"),
    "mute": gettext_noop("Mute this story"),
    "pause": gettext_noop("Pause for today"),
}
# So many actions fit on a notice of most browsers.
SHOWN = 2
USUAL = "mute pause"
# Bytes of JSON. All of it stays far below what one record holds.
_HEADLINE = 1200
_WIRE = 200
_DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class Notice:
    """What is the same for all, and how a push service is to treat it."""

    words: Mapping[str, object]
    titles: Mapping[str, str]
    guid: str
    takes_back: bool
    headers: Mapping[str, str]

    @classmethod
    def of(cls, entry: Entry, lang: str, wire: Wire, key: bytes) -> "Notice":
        """Of what is withdrawn or erased the headline is a label: `said` gives no other."""
        what, topic = said(entry, lang, wire), story(entry.guid, key)
        takes_back = Signal(entry.signal) in TAKES_BACK
        urgency = _urgency(entry, takes_back=takes_back)
        words = {
            "headline": cut(" ".join(what.headline.split()), _HEADLINE),
            "wire": cut(wire.name, _WIRE),
            "lang": lang,
            "dir": what.rules.direction,
            "url": what.url,
            "seq": entry.seq,
            "guid": entry.guid,
            "signal": str(entry.signal),
            "tag": topic,
            "urgent": urgency == "high",
        }
        headers = {"TTL": str(7 * _DAY if takes_back else _DAY), "Urgency": urgency, "Topic": topic}
        return cls(words, {} if takes_back else _titles(lang), entry.guid, takes_back, headers)

    def to(self, recipient: Recipient, key: bytes) -> bytes:
        """The JSON for one recipient. `key` signs the address to which his taps are posted."""
        chosen = [name for name in recipient.options.get("actions", USUAL).split() if name in self.titles][:SHOWN]
        actions = [{"action": name, "title": self.titles[name]} for name in chosen]
        own = {"actions": actions, "act": f"/push/{links.signed(key, recipient.name)}"}
        return json.dumps({**self.words, **own}, ensure_ascii=False, separators=(",", ":")).encode()


def story(guid: str, key: bytes) -> str:
    """A short name of the story, always the same (RFC 8030 section 5.4: at most 32 characters of base64url).

    It is keyed, so that no push service learns from it which story of a public wire somebody reads.
    """
    return unpadded(hmac.digest(key, guid.encode(), "sha256")[:24])


def _urgency(entry: Entry, *, takes_back: bool) -> str:
    """RFC 8030 section 5.3: a browser on a low battery asks for `high` only. The wire's 1 is the most urgent."""
    number = int(entry.header["urgency"])
    if takes_back or number <= 3:
        return "high"
    return "normal" if number <= 6 else "low"


def _titles(lang: str) -> dict[str, str]:
    with translation.override(lang.lower()):
        return {name: _(title) for name, title in ACTIONS.items()}
