"""Filing a release, and every step of its journey."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from dateline.api.auth import actor_of
from dateline.api.document import ANY_FORMAT, IDEMPOTENT
from dateline.api.filed import upload
from dateline.api.parsing import Strict
from dateline.api.replies import reply
from dateline.desk import changes, editing
from dateline.desk.findings import findings
from dateline.intake import answers, filing, releases
from dateline.intake.filing import Filed
from dateline.intake.models import FiledVersion
from dateline.intake.readers import read
from dateline.people.roles import Act, Actor, check
from dateline.vault import boxes
from dateline.words import clock
from dateline.words.errors import BadInput
from dateline.words.release import Embargo, Signal, State, Version

router = Router(tags=["releases"])
_PAGE = 100


class Note(Strict):
    """Why: what to mend, or the reason of a hold."""

    note: str = ""


class EmbargoIn(Strict):
    """T: wall time in an IANA zone. An empty `at` says that it is due at once."""

    at: str
    zone: str = ""


class Approval(Strict):
    """Without an embargo, the one that the release was filed with stands."""

    embargo: EmbargoIn | None = None


class Change(Strict):
    """A correction, update or translation, and what it tells editors."""

    signal: Signal = Signal.CORRECTION
    ednote: str = ""


class Reason(Strict):
    reason: str = ""


class Erasure(Strict):
    """Parts, as `1042:rendition/en`, and the reason."""

    parts: list[str] = []
    reason: str = ""


class Listing(Schema):
    """Which releases: of a state, and before the cursor that an earlier page gave."""

    state: State | None = None
    before: int | None = Field(None, ge=1, le=2**62)
    limit: int = Field(_PAGE, ge=1, le=_PAGE)


@router.post("/releases", openapi_extra={**ANY_FORMAT, **IDEMPOTENT}, response={201: dict, 422: dict})
def file(request: HttpRequest, submit: bool = False, name: str = "") -> HttpResponse:
    """File a release: own JSON, Markdown, NewsML-G2, NewsML 1.2 or wire text, by Content-Type or by its looks."""
    actor = actor_of(request)
    check(actor, Act.FILE)
    if submit:
        # Asked first: to file and then refuse the rest would leave a draft that nobody meant.
        check(actor, Act.SUBMIT)
    sent = upload(request, name)

    def act() -> answers.Given:
        filed = filing.file(sent.data, by=actor, now=clock.now(), name=sent.name, media_type=sent.media_type)
        if submit and not filed.faults:
            editing.submit(filed.version, by=actor, now=clock.now())
        return _answer(filed, 201)

    key = request.headers.get("Idempotency-Key", "")
    given = answers.once(actor, key, sent.digest(request.get_full_path()), act, now=clock.now())
    answer = reply(given.status, given.body)
    if given.status == 201:
        answer["Location"] = given.body["links"]["self"]
    return answer


@router.get("/releases", response=dict)
def list_releases(request: HttpRequest, asked: Query[Listing]) -> HttpResponse:
    """The releases that you may see, newest first: ids and states. Texts are opened one by one."""
    rows = releases.visible(actor_of(request)).order_by("-pk")
    if asked.state:
        rows = rows.filter(state=asked.state)
    if asked.before:
        rows = rows.filter(pk__lt=asked.before)
    page = list(rows[: asked.limit])
    more = str(page[-1].pk) if len(page) == asked.limit else None
    return reply(200, {"releases": [_row(each) for each in page], "before": more})


@router.get("/releases/{key}", response=dict)
def read_release(request: HttpRequest, key: str, version: int | None = None) -> HttpResponse:
    """One release: its text, state, findings and steps. Reading it is recorded."""
    actor = actor_of(request)
    filed = releases.get(actor, key, number=version)
    return reply(200, _whole(filed, actor))


@router.put("/releases/{key}", openapi_extra=ANY_FORMAT, response={200: dict, 422: dict})
def save(request: HttpRequest, key: str, edit: int | None = None, name: str = "") -> HttpResponse:
    """Save a new text: by its issuer while it is a draft or returned, by an editor while it is in review.

    `edit` is the count that you read; 409 if somebody has saved since.
    """
    actor = actor_of(request)
    filed = releases.get(actor, key)
    sent = upload(request, name)
    if not actor.is_desk:
        made = filing.mend(
            filed, sent.data, by=actor, now=clock.now(), name=sent.name, media_type=sent.media_type, edit=edit
        )
        given = _answer(made, 200)
        return reply(given.status, given.body)
    check(actor, Act.EDIT)
    reading = read(sent.data, name=sent.name, media_type=sent.media_type)
    version = filing.kept_identity(reading.version, releases.content(filed, by=actor, why="edit", now=clock.now()))
    filed = editing.edit(filed, version, edit=edit, by=actor, now=clock.now())
    return reply(200, {**_whole(filed, actor), "warnings": [fault.as_json() for fault in reading.warnings]})


@router.post("/releases/{key}/submit", response=dict)
def submit(request: HttpRequest, key: str) -> HttpResponse:
    """Hand it to the desk."""
    actor, filed = _found(request, key, Act.SUBMIT)
    return reply(200, _row(editing.submit(filed, by=actor, now=clock.now())))


@router.post("/releases/{key}/claim", response=dict)
def claim(request: HttpRequest, key: str) -> HttpResponse:
    """Take it into review."""
    actor, filed = _found(request, key, Act.CLAIM)
    return reply(200, _row(editing.claim(filed, by=actor, now=clock.now())))


@router.post("/releases/{key}/return", response=dict)
def return_(request: HttpRequest, key: str, body: Note) -> HttpResponse:
    """Back to the issuer, with what is to be mended."""
    actor, filed = _found(request, key)
    return reply(200, _row(editing.return_(filed, body.note, by=actor, now=clock.now())))


@router.post("/releases/{key}/proof", response=dict)
def proof(request: HttpRequest, key: str) -> HttpResponse:
    """Send the edited text to the issuer, who must agree to it."""
    actor, filed = _found(request, key, Act.PROOF)
    return reply(200, _row(editing.send_proof(filed, by=actor, now=clock.now())))


@router.post("/releases/{key}/approve", response=dict)
def approve(request: HttpRequest, key: str, body: Approval | None = None) -> HttpResponse:
    """Approve it, due at once or at T; the issuer agrees to a proof by this too."""
    actor, filed = _found(request, key)
    embargo = Embargo(body.embargo.at, body.embargo.zone) if body and body.embargo else None
    return reply(200, _row(editing.approve(filed, embargo, by=actor, now=clock.now())))


@router.post("/releases/{key}/hold", response=dict)
def hold(request: HttpRequest, key: str, body: Note) -> HttpResponse:
    """Stop it, with a reason."""
    actor, filed = _found(request, key, Act.HOLD)
    return reply(200, _row(editing.hold(filed, body.note, by=actor, now=clock.now())))


@router.post("/releases/{key}/spike", response=dict)
def spike(request: HttpRequest, key: str) -> HttpResponse:
    """Drop it before release."""
    actor, filed = _found(request, key, Act.SPIKE)
    return reply(200, _row(editing.spike(filed, by=actor, now=clock.now())))


@router.post("/releases/{key}/correct", response=dict)
def correct(request: HttpRequest, key: str, body: Change) -> HttpResponse:
    """Begin a new version of what is out."""
    actor, filed = _found(request, key, Act.CORRECT)
    return reply(200, _row(changes.begin(filed, body.signal, body.ednote, by=actor, now=clock.now())))


@router.post("/releases/{key}/withdraw", response=dict)
def withdraw(request: HttpRequest, key: str, body: Reason) -> HttpResponse:
    """Take it back, at once."""
    actor, filed = _found(request, key, Act.WITHDRAW)
    return reply(200, _row(changes.withdraw(filed, body.reason, by=actor, now=clock.now())))


@router.post("/releases/{key}/erase", response=dict)
def erase(request: HttpRequest, key: str, body: Erasure) -> HttpResponse:
    """Take parts out of the log for good, as the law asks."""
    actor, filed = _found(request, key, Act.ERASE)
    return reply(200, _row(changes.erase(filed, body.parts, body.reason, by=actor, now=clock.now())))


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
        "links": _links(filed),
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


def _answer(filed: Filed, status: int) -> answers.Given:
    """What was read; or 422 with what to mend, and the id under which the bytes are kept."""
    if filed.faults:
        problem = BadInput(filed.faults, title="It was kept, but cannot be read as it is.").as_problem()
        kept = {"release": filed.version.release_id, "links": _links(filed.version)}
        return answers.Given(filed.version.release_id, 422, {**problem, **kept})
    row = {
        **_row(filed.version),
        "format": filed.format,
        "languages": [each.lang for each in filed.content.renditions],
        "warnings": [fault.as_json() for fault in filed.warnings],
        "findings": _findings(filed.content, filed.version),
    }
    return answers.Given(filed.version.release_id, status, row)


def _links(filed: FiledVersion) -> dict[str, str]:
    base, key = settings.DATELINE_WIRE.base_url, filed.release_id
    links = {"self": f"{base}/api/v1/releases/{key}", "page": f"{base}/work/r/{key}"}
    if filed.state == State.RELEASED:
        links |= {"entries": f"{base}/api/v1/entries/{key}", "report": f"{base}/api/v1/reports/{key}"}
    return links
