"""The release, its versions and renditions, and the table of its journey."""

from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import Any, Literal, Self

from dateline.words.errors import Conflict, Fault

# What one filing may weigh, in bytes.
FILING_LIMIT = 10_000_000


class State(StrEnum):
    """Where a version is on its way."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    HELD = "held"
    RETURNED = "returned"
    PROOF = "proof"
    APPROVED = "approved"
    RELEASED = "released"
    SPIKED = "spiked"


MOVES: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.SUBMITTED, State.SPIKED}),
    State.SUBMITTED: frozenset({State.IN_REVIEW, State.SPIKED}),
    State.IN_REVIEW: frozenset({State.RETURNED, State.PROOF, State.APPROVED, State.HELD, State.SPIKED}),
    State.HELD: frozenset({State.IN_REVIEW, State.SPIKED}),
    State.RETURNED: frozenset({State.SUBMITTED, State.SPIKED}),
    State.PROOF: frozenset({State.APPROVED, State.RETURNED}),
    State.APPROVED: frozenset({State.RELEASED, State.IN_REVIEW, State.HELD, State.SPIKED}),
    State.RELEASED: frozenset(),
    State.SPIKED: frozenset(),
}


def check_move(current: State, target: State) -> None:
    """Conflict unless the journey's table allows the step."""
    if target not in MOVES[current]:
        ways = ", ".join(sorted(MOVES[current])) or "nothing; this is the end"
        raise Conflict(
            [
                Fault(
                    "no-such-step",
                    f"A release that is {current} cannot become {target}.",
                    "/state",
                    f"It may become: {ways}.",
                )
            ]
        )


class Signal(StrEnum):
    """What an entry of the log says about its release."""

    RELEASE = "release"
    CORRECTION = "correction"
    UPDATE = "update"
    WITHDRAWAL = "withdrawal"
    TRANSLATION = "translation"
    ADVISORY = "advisory"
    TEST = "test"
    ERASURE = "erasure"
    KEY = "key"


class Track(StrEnum):
    """How far a rendition's translation is."""

    OWED = "owed"
    READY = "ready"
    WAIVED = "waived"
    MAY_FOLLOW = "may_follow"


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom a newsroom may call. `text` keeps a block that could not be taken apart."""

    name: str = ""
    organisation: str = ""
    role: str = ""
    email: str = ""
    phone: str = ""
    url: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Rendition:
    """One language of a version.

    `place` is the dateline's place in this language; the date and the wire's name are printed by
    rule. `dateline` is a provider's own, already written; it then stands instead of ours.
    `body_html` is clean HTML without headline, dateline, boilerplate or contacts.
    """

    lang: str
    headline: str = ""
    subhead: str = ""
    place: str = ""
    dateline: str = ""
    body_html: str = ""
    boilerplate: str = ""
    based_on: str | None = None
    machine_translated: bool = False
    track: Track = Track.READY


@dataclass(frozen=True, slots=True)
class Source:
    """Who is behind a release. `provider` is empty where the issuer filed it; `guid` is the provider's own id.

    `issued` is when the provider says that it went out: an RFC 3339 instant, or a date alone.
    """

    issuer: str = ""
    provider: str = ""
    guid: str = ""
    issued: str = ""
    principal: str = ""
    payer: str = ""
    verified: str | None = None
    state_controlled: str | None = None

    @property
    def kind(self) -> Literal["issuer", "provider"]:
        return "provider" if self.provider else "issuer"

    @property
    def name(self) -> str:
        return self.provider or self.issuer


@dataclass(frozen=True, slots=True)
class Embargo:
    """T: wall time (`2026-12-01T09:00`) in an IANA zone. Empty: due at once."""

    at: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a release, as filed and edited: everything but its identity and state.

    `unread` keeps the names of sectors that we have no code for. `erases` names the parts that an
    erasure takes out of the log, as `1042:rendition/en`.
    """

    renditions: tuple[Rendition, ...] = ()
    source_language: str = ""
    source: Source = Source()
    contacts: tuple[Contact, ...] = ()
    sectors: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    tickers: tuple[str, ...] = ()
    isins: tuple[str, ...] = ()
    circuits: tuple[str, ...] = ()
    audience: tuple[str, ...] = ("public",)
    embargo: Embargo = Embargo()
    urgency: int = 4
    slugline: str = ""
    ednote: str = ""
    sponsored: bool = False
    ai_use: str = "none"
    regulated: bool = False
    signal: Signal = Signal.RELEASE
    erases: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    def rendition(self, lang: str) -> Rendition | None:
        """The rendition in that language, if there is one."""
        return next((each for each in self.renditions if each.lang == lang), None)

    @property
    def main(self) -> Rendition:
        """The rendition in the source language, or the first, or an empty one."""
        first = self.renditions[0] if self.renditions else Rendition(self.source_language)
        return self.rendition(self.source_language) or first

    def with_rendition(self, rendition: Rendition) -> Self:
        """The same version with this rendition in the place of its language's old one."""
        others = [each for each in self.renditions if each.lang != rendition.lang]
        at = next((i for i, each in enumerate(self.renditions) if each.lang == rendition.lang), len(others))
        return replace(self, renditions=(*others[:at], rendition, *others[at:]))

    def as_json(self) -> dict[str, Any]:
        """The plain JSON document: the shape that our own input format has too."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Self:
        """Read what `as_json` wrote. For what strangers file, `intake.readers` checks first."""
        known = {each.name for each in fields(cls)}
        values = {key: value for key, value in document.items() if key in known}
        values["renditions"] = tuple(
            Rendition(**{**each, "track": Track(each.get("track", Track.READY))})
            for each in values.get("renditions", ())
        )
        values["contacts"] = tuple(Contact(**each) for each in values.get("contacts", ()))
        values["source"] = Source(**values.get("source", {}))
        values["embargo"] = Embargo(**values.get("embargo", {}))
        values["signal"] = Signal(values.get("signal", Signal.RELEASE))
        for name in ("sectors", "countries", "tickers", "isins", "circuits", "audience", "erases", "unread"):
            if name in values:
                values[name] = tuple(values[name])
        return cls(**values)
