"""Roles and what each may do. Pure: one table, and one question asked of it."""

from dataclasses import dataclass
from enum import StrEnum

from dateline.words.errors import NotAllowed, NotFound


class Role(StrEnum):
    ISSUER_AUTHOR = "issuer_author"
    ISSUER_APPROVER = "issuer_approver"
    EDITOR = "editor"
    CHIEF_EDITOR = "chief_editor"
    SUBSCRIBER = "subscriber"
    OPERATOR = "operator"


class Act(StrEnum):
    """What can be done to a release, or asked of the wire."""

    FILE = "file"
    READ = "read"
    WRITE = "write"
    SUBMIT = "submit"
    AGREE = "agree"
    SPIKE = "spike"
    CLAIM = "claim"
    EDIT = "edit"
    RETURN = "return"
    PROOF = "proof"
    APPROVE = "approve"
    HOLD = "hold"
    CORRECT = "correct"
    WITHDRAW = "withdraw"
    ERASE = "erase"
    REPORT = "report"
    SUBSCRIBE = "subscribe"
    OPERATE = "operate"


_AUTHOR = frozenset({Act.FILE, Act.READ, Act.WRITE, Act.SUBMIT, Act.REPORT})
_EDITOR = frozenset(
    {Act.FILE, Act.READ, Act.CLAIM, Act.EDIT, Act.RETURN, Act.PROOF, Act.APPROVE, Act.HOLD, Act.CORRECT, Act.REPORT}
)

MAY: dict[Role, frozenset[Act]] = {
    Role.ISSUER_AUTHOR: _AUTHOR,
    Role.ISSUER_APPROVER: _AUTHOR | {Act.AGREE, Act.SPIKE, Act.CORRECT},
    Role.EDITOR: _EDITOR,
    Role.CHIEF_EDITOR: _EDITOR | {Act.SPIKE, Act.WITHDRAW, Act.ERASE},
    Role.SUBSCRIBER: frozenset({Act.SUBSCRIBE}),
    # The operator runs the machines and reads nobody's releases: a stolen operator's token yields no text.
    Role.OPERATOR: frozenset({Act.OPERATE}),
}
# These roles act on their own organisation's releases only.
ISSUERS = frozenset({Role.ISSUER_AUTHOR, Role.ISSUER_APPROVER})
DESK = frozenset({Role.EDITOR, Role.CHIEF_EDITOR})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person or a program in a role, for an organisation.

    `id` is stable (`user:3`, `token:9`, `wire`). `sitting` tells one session or day of work from
    the next: an opening is recorded once in each. `groups` are the audience groups it reads in.
    """

    id: str
    name: str
    role: Role | None
    organisation: int | None = None
    organisation_name: str = ""
    sitting: str = ""
    groups: frozenset[str] = frozenset()
    user: int | None = None

    @property
    def is_desk(self) -> bool:
        return self.role in DESK

    @property
    def is_issuer(self) -> bool:
        return self.role in ISSUERS

    def may(self, act: Act) -> bool:
        return self.role is not None and act in MAY[self.role]


# The wire itself opens what is approved, and appends it.
WIRE = Actor("wire", "the wire", None)


def check(actor: Actor, act: Act) -> None:
    """NotAllowed unless the role has the act."""
    if not actor.may(act):
        who = str(actor.role).replace("_", " ") if actor.role else "nobody"
        raise NotAllowed(f"The role {who} may not {act} here.")


def check_own(actor: Actor, act: Act, *, owned: bool) -> None:
    """As `check`, and for an issuer only what is its own.

    What is not theirs is NotFound, not NotAllowed: that it exists is already a secret.
    """
    if actor.is_issuer and not owned:
        raise NotFound("There is no such release.")
    if not actor.may(Act.READ):
        raise NotFound("There is no such release.")
    check(actor, act)
