"""What can be wrong, said so that a person can mend it.

A door (API, form, CLI) shows a `Refused` and nothing else: its faults say what is wrong, where,
and how to mend it. The shape follows RFC 9457 (problem details).
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: `what` it is, `where` (a JSON pointer, a line, a field), how to `mend` it."""

    code: str
    what: str
    where: str = ""
    mend: str = ""

    def as_json(self) -> dict[str, str]:
        return {"code": self.code, "what": self.what, "where": self.where, "mend": self.mend}

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        mend = f" {self.mend}" if self.mend else ""
        return f"{self.what}{place}{mend}"


class Refused(Exception):
    """What was asked cannot be done as it stands."""

    slug = "refused"
    status = 422

    def __init__(self, faults: Iterable[Fault] | str, *, title: str | None = None) -> None:
        self.faults = (Fault(self.slug, faults),) if isinstance(faults, str) else tuple(faults)
        self.title = title or (self.__doc__ or "").strip().splitlines()[0]
        super().__init__("; ".join(str(fault) for fault in self.faults))

    def as_problem(self) -> dict[str, object]:
        """The problem document of RFC 9457 section 3.1, with our `errors` member."""
        return {
            "type": f"tag:dateline.example,2026:problem/{self.slug}",
            "title": self.title,
            "status": self.status,
            "detail": str(self),
            "errors": [fault.as_json() for fault in self.faults],
        }


class BadInput(Refused):
    """What was sent cannot be used as it is."""

    slug = "bad-input"


class Unauthorised(Refused):
    """Sign in, or send a token that is valid."""

    slug = "unauthorised"
    status = 401


class NotAllowed(Refused):
    """Your role may not do this."""

    slug = "not-allowed"
    status = 403


class NotFound(Refused):
    """There is nothing here that you may see."""

    slug = "not-found"
    status = 404


class Conflict(Refused):
    """Something else happened first."""

    slug = "conflict"
    status = 409


class LengthRequired(Refused):
    """It does not say how long it is."""

    slug = "length-required"
    status = 411


class TooLarge(Refused):
    """It is larger than the wire takes."""

    slug = "too-large"
    status = 413


class TooMany(Refused):
    """There are too many of these already."""

    slug = "too-many"
    status = 429


class NotConfigured(Refused):
    """This wire is not set up."""

    slug = "not-configured"
    status = 503


class NotAcceptable(Refused):
    """The wire has it in none of the forms that were asked for."""

    slug = "not-acceptable"
    status = 406
