"""Releases as lists on the working pages show them. Each text that is shown is opened, and that is recorded."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from dateline.intake import releases
from dateline.intake.models import FiledVersion
from dateline.people.roles import Actor
from dateline.web.work import names
from dateline.web.work.minute import Minute, minute
from dateline.words import clock
from dateline.words.errors import NotFound
from dateline.words.languages import language
from dateline.words.release import State, Version

_MOST = 100
_WITH_NOTE = frozenset({State.HELD, State.RETURNED})


@dataclass(frozen=True, slots=True)
class Row:
    """One version in a list. `text` is what stands in it, or what it took back; `step` what brought it here."""

    filed: FiledVersion
    content: Version
    text: Version
    step: dict[str, Any]

    @property
    def headline(self) -> str:
        return self.text.main.headline

    @property
    def unread(self) -> bool:
        """Whether it is a file that could not be read, and waits to be mended."""
        return self.filed.state == State.DRAFT and not self.text.renditions

    @property
    def lang(self) -> str:
        return self.text.main.lang

    @property
    def direction(self) -> str:
        return language(self.lang).direction if self.lang else "auto"

    @property
    def languages(self) -> list[str]:
        return [rendition.lang for rendition in self.text.renditions]

    @property
    def signal(self) -> str:
        return names.signal(self.content.signal)

    @property
    def state(self) -> str:
        return names.state(self.filed.state)

    @property
    def minute(self) -> Minute | None:
        return minute(self.content.embargo) if self.filed.state == State.APPROVED else None

    @property
    def claimed_by(self) -> str:
        return str(self.step.get("name", "")) if self.filed.state == State.IN_REVIEW else ""

    @property
    def note(self) -> str:
        return str(self.step.get("note", "")) if self.filed.state in _WITH_NOTE else ""

    @property
    def since(self) -> str:
        return clock.printed(self.filed.changed_at)


@transaction.atomic
def rows(actor: Actor, *states: State, oldest_first: bool = False, most: int = _MOST) -> list[Row]:
    """The releases whose newest version in these states the actor may see; one row a release.

    In one transaction, so that a hundred openings are recorded at the cost of one.
    """
    order = "changed_at" if oldest_first else "-changed_at"
    found: dict[str, FiledVersion] = {}
    for filed in releases.visible(actor).filter(state__in=states).order_by(order)[: 2 * most]:
        known = found.get(filed.release_id)
        if known is None or known.number < filed.number:
            found[filed.release_id] = filed
    return [row_of(actor, filed) for filed in list(found.values())[:most]]


def row_of(actor: Actor, filed: FiledVersion) -> Row:
    """One version as a list shows it."""
    content = content_of(actor, filed, "list")
    return Row(filed, content, _text(actor, filed, content), arrival(filed))


def content_of(actor: Actor, filed: FiledVersion, why: str) -> Version:
    """What is in it; an empty version where it was erased."""
    try:
        return releases.content(filed, by=actor, why=why, now=clock.now())
    except NotFound:
        return Version()


def arrival(filed: FiledVersion) -> dict[str, Any]:
    """The step that brought this version into the state that it is in."""
    came = [step for step in releases.steps(filed) if step["version"] == filed.number]
    return next((step for step in reversed(came) if step["what"].endswith(f"→ {filed.state}")), {})


def _text(actor: Actor, filed: FiledVersion, content: Version) -> Version:
    """A withdrawal or an erasure has no text of its own: it is shown by what it took back."""
    if content.renditions or filed.number == 1:
        return content
    before = filed.release.versions.filter(number__lt=filed.number).select_related("release").order_by("-number")
    return next((found for each in before if (found := content_of(actor, each, "list")).renditions), content)
