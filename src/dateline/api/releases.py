"""Filing a release, and every step of its journey."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router, Schema

from dateline.api.auth import actor_of
from dateline.desk import changes, editing
from dateline.desk.findings import findings
from dateline.intake import answers, filing, releases
from dateline.intake.filing import Filed
from dateline.intake.models import FiledVersion
from dateline.intake.readers import read
from dateline.people.roles import Act, Actor
from dateline.vault import boxes
from dateline.words import clock
from dateline.words.errors import BadInput
from dateline.words.release import Embargo, Signal, State, Version

router = Router(tags=["releases"])
_PAGE = 100


class Note(Schema):
    """Why: what to mend, or the reason of a hold."""

    note: str = ""


class EmbargoIn(Schema):
    """T: wall time in an IANA zone."""

    at: str = ""
    zone: str = ""


class Approval(Schema):
    embargo: EmbargoIn | None = None


class Change(Schema):
    """A correction, update or translation, and what it tells editors."""

    signal: Signal = Signal.CORRECTION
    ednote: str = ""


class Reason(Schema):
    reason: str = ""


class Erasure(Schema):
    """Parts, as `1042:rendition/en`, and the reason."""

    parts: list[str] = []
    reason: str = ""


_ANY_FORMAT = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {"schema": {"type": "string"}}
            for kind in ("application/json", "text/markdown", "application/xml", "text/plain")
        },
    }
}


@router.post("/releases", openapi_extra=_ANY_FORMAT, response={201: dict, 422: dict})
def file(request: HttpRequest, submit: bool = False, name: str = "") -> HttpResponse:
    """File a release: own JSON, Markdown, NewsML-G2, NewsML 1.2 or wire text, by Content-Type or by its looks."""
    actor = actor_of(request)

    def act() -> answers.Given:
        filed = filing.file(request.body, by=actor, now=clock.now(), name=name, media_type=_kind(request))
        if submit and not filed.faults:
            editing.submit(filed.version, by=actor, now=clock.now())
        return _answer(filed)

    key = request.headers.get("Idempotency-Key", "")
    whole = f"{request.get_full_path()}\n{_kind(request)}\n".encode() + request.body
    return _said(*answers.once(actor, key, whole, act))


@router.get("/releases", response=dict)
def list_releases(request: HttpRequest, state: str = "", before: str = "") -> HttpResponse:
    """The releases that you may see, newest first: ids and states. Texts are opened one by one."""
    rows = releases.visible(actor_of(request)).order_by("-pk")
    if state:
        rows = rows.filter(state=state)
    if before:
        rows = rows.filter(pk__lt=_number(before))
    page = list(rows[:_PAGE])
    more = str(page[-1].pk) if len(page) == _PAGE else None
    return _said(200, {"releases": [_row(each) for each in page], "before": more})


@router.get("/releases/{key}", response=dict)
def read_release(request: HttpRequest, key: str, version: int | None = None) -> HttpResponse:
    """One release: its text, state, findings and steps. Reading it is recorded."""
    actor = actor_of(request)
    filed = releases.get(actor, key, number=version)
    return _said(200, _whole(filed, actor))


@router.put("/releases/{key}", openapi_extra=_ANY_FORMAT, response={200: dict, 422: dict})
def save(request: HttpRequest, key: str, edit: int | None = None, name: str = "") -> HttpResponse:
    """Save a new text: by its issuer while it is a draft or returned, by an editor while it is in review.

    `edit` is the count that you read; 409 if somebody has saved since.
    """
    actor = actor_of(request)
    filed = releases.get(actor, key)
    if not actor.is_desk:
        return _said(
            *_answer(
                filing.mend(
                    filed, request.body, by=actor, now=clock.now(), name=name, media_type=_kind(request), edit=edit
                )
            )
        )
    reading = read(request.body, name=name, media_type=_kind(request))
    version = filing.kept_identity(reading.version, releases.content(filed, by=actor, why="edit", now=clock.now()))
    filed = editing.edit(filed, version, edit=edit, by=actor, now=clock.now())
    return _said(200, _whole(filed, actor))


@router.post("/releases/{key}/submit", response=dict)
def submit(request: HttpRequest, key: str) -> HttpResponse:
    """Hand it to the desk."""
    actor, filed = _found(request, key, Act.SUBMIT)
    return _said(200, _row(editing.submit(filed, by=actor, now=clock.now())))


@router.post("/releases/{key}/claim", response=dict)
def claim(request: HttpRequest, key: str) -> HttpResponse:
    """Take it into review."""
    actor, filed = _found(request, key, Act.CLAIM)
    return _said(200, _row(editing.claim(filed, by=actor, now=clock.now())))


@router.post("/releases/{key}/return", response=dict)
def return_(request: HttpRequest, key: str, body: Note) -> HttpResponse:
    """Back to the issuer, with what is to be mended."""
    actor, filed = _found(request, key)
    return _said(200, _row(editing.return_(filed, body.note, by=actor, now=clock.now())))


@router.post("/releases/{key}/proof", response=dict)
def proof(request: HttpRequest, key: str) -> HttpResponse:
    """Send the edited text to the issuer, who must agree to it."""
    actor, filed = _found(request, key, Act.PROOF)
    return _said(200, _row(editing.send_proof(filed, by=actor, now=clock.now())))


@router.post("/releases/{key}/approve", response=dict)
def approve(request: HttpRequest, key: str, body: Approval | None = None) -> HttpResponse:
    """Approve it, due at once or at T; the issuer agrees to a proof by this too."""
    actor, filed = _found(request, key)
    embargo = Embargo(body.embargo.at, body.embargo.zone) if body and body.embargo else None
    return _said(200, _row(editing.approve(filed, embargo, by=actor, now=clock.now())))


@router.post("/releases/{key}/hold", response=dict)
def hold(request: HttpRequest, key: str, body: Note) -> HttpResponse:
    """Stop it, with a reason."""
    actor, filed = _found(request, key, Act.HOLD)
    return _said(200, _row(editing.hold(filed, body.note, by=actor, now=clock.now())))


@router.post("/releases/{key}/spike", response=dict)
def spike(request: HttpRequest, key: str) -> HttpResponse:
    """Drop it before release."""
    actor, filed = _found(request, key, Act.SPIKE)
    return _said(200, _row(editing.spike(filed, by=actor, now=clock.now())))


@router.post("/releases/{key}/correct", response=dict)
def correct(request: HttpRequest, key: str, body: Change) -> HttpResponse:
    """Begin a new version of what is out."""
    actor, filed = _found(request, key, Act.CORRECT)
    return _said(200, _row(changes.begin(filed, body.signal, body.ednote, by=actor, now=clock.now())))


@router.post("/releases/{key}/withdraw", response=dict)
def withdraw(request: HttpRequest, key: str, body: Reason) -> HttpResponse:
    """Take it back, at once."""
    actor, filed = _found(request, key, Act.WITHDRAW)
    return _said(200, _row(changes.withdraw(filed, body.reason, by=actor, now=clock.now())))


@router.post("/releases/{key}/erase", response=dict)
def erase(request: HttpRequest, key: str, body: Erasure) -> HttpResponse:
    """Take parts out of the log for good, as the law asks."""
    actor, filed = _found(request, key, Act.ERASE)
    return _said(200, _row(changes.erase(filed, body.parts, body.reason, by=actor, now=clock.now())))


def _found(request: HttpRequest, key: str, act: Act = Act.READ) -> tuple[Actor, FiledVersion]:
    actor = actor_of(request)
    return actor, releases.get(actor, key, act)


def _row(filed: FiledVersion) -> dict[str, Any]:
    return {
        "id": filed.release_id,
        "guid": releases.guid(filed.release),
        "version": filed.number,
        "state": str(filed.state),
        "edit": filed.edit,
        "seq": filed.seq,
    }


def _whole(filed: FiledVersion, actor: Actor) -> dict[str, Any]:
    content = releases.content(filed, by=actor, why="read", now=clock.now())
    return {
        **_row(filed),
        "content": content.as_json(),
        "findings": _findings(content, filed),
        "steps": releases.steps(filed),
        "openings": boxes.openings(filed.release_id) if actor.is_desk else [],
    }


def _findings(content: Version, filed: FiledVersion) -> list[dict[str, str]]:
    if filed.state in {State.RELEASED, State.SPIKED}:
        return []
    return [{"weight": str(each.weight), **each.fault.as_json()} for each in findings(content, clock.now())]


def _answer(filed: Filed) -> answers.Given:
    """201 with what was read; 422 with what to mend, and the id under which the bytes are kept."""
    if filed.faults:
        problem = BadInput(filed.faults, title="It was kept, but cannot be read as it is.").as_problem()
        return 422, {**problem, "release": filed.version.release_id}
    row = {
        **_row(filed.version),
        "format": filed.format,
        "languages": [each.lang for each in filed.content.renditions],
        "warnings": [fault.as_json() for fault in filed.warnings],
        "findings": _findings(filed.content, filed.version),
    }
    return 201, row


def _kind(request: HttpRequest) -> str:
    return request.headers.get("Content-Type", "")


def _number(text: str) -> int:
    if not text.isdigit() or len(text) > 15:
        raise BadInput("`before` is not a number that an earlier page gave.")
    return int(text)


def _said(status: int, body: dict[str, Any]) -> HttpResponse:
    kind = "application/json" if status < 400 else "application/problem+json"
    answer = JsonResponse(body, status=status, content_type=kind)
    answer["Cache-Control"] = "no-store"
    return answer
