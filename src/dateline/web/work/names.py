"""What the working pages call the states, signals and steps of a release, in the page's language."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dateline.web.editions import SIGNALS
from dateline.words.release import Signal, State, Track

STATES = {
    State.DRAFT: gettext_lazy("Draft"),
    State.SUBMITTED: gettext_lazy("Submitted"),
    State.IN_REVIEW: gettext_lazy("In review"),
    State.HELD: gettext_lazy("Held"),
    State.RETURNED: gettext_lazy("Returned"),
    State.PROOF: gettext_lazy("Proof"),
    State.APPROVED: gettext_lazy("Approved"),
    State.RELEASED: gettext_lazy("Released"),
    State.SPIKED: gettext_lazy("Spiked"),
}
TRACKS = {
    Track.READY: gettext_lazy("Ready"),
    Track.OWED: gettext_lazy("Owed"),
    Track.MAY_FOLLOW: gettext_lazy("May follow"),
    Track.WAIVED: gettext_lazy("Waived"),
}
# What may be filed; what changes or takes back a release is begun on the release itself.
KINDS = {
    Signal.RELEASE: gettext_lazy("Release"),
    Signal.ADVISORY: gettext_lazy("Advisory"),
    Signal.TEST: gettext_lazy("Test"),
}
_STEPS = {"filed": gettext_lazy("Filed"), "edited": gettext_lazy("Edited")}
_REASONS = {
    "list": gettext_lazy("in a list"),
    "read": gettext_lazy("to read"),
    "edit": gettext_lazy("to edit"),
    "approve": gettext_lazy("to approve"),
    "release": gettext_lazy("to release"),
    "read original": gettext_lazy("the original"),
}


def state(value: str) -> str:
    return str(STATES[State(value)])


def signal(value: str) -> str:
    """The signal's name; empty for a release, which needs none."""
    return "" if value == Signal.RELEASE else str(SIGNALS.get(Signal(value), value))


def step(what: str) -> str:
    """A step of the audit: a state that it came to, or what was done."""
    _was, arrow, to = what.partition(" → ")
    if arrow and to in list(State):
        return state(to)
    begun = what.removeprefix("begun as ")
    if begun != what and begun in list(Signal):
        return _("Begun: %(signal)s") % {"signal": signal(begun)}
    return str(_STEPS.get(what, what))


def reason(why: str) -> str:
    """Why somebody opened what is sealed."""
    begun = why.removeprefix("begin ")
    return signal(begun) if begun != why and begun in list(Signal) else str(_REASONS.get(why, why))
