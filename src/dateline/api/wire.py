"""The log: its pages, entries, heads and proofs. Open to all, as far as each may read."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Field, Query, Router, Schema

from dateline.api.auth import reader
from dateline.api.replies import from_log
from dateline.formats.registry import FORMATS, Format, negotiate
from dateline.wire import fairness, log, proofs, signing
from dateline.words.entry import Entry
from dateline.words.errors import BadInput, Fault, NotAcceptable, NotFound
from dateline.words.languages import canonical

router = Router(tags=["wire"])
_MOST = 500
# Seqs are kept as 64-bit integers.
_LAST = 2**62


class Paging(Schema):
    """A cursor, how many entries to look at, and the language that they must have."""

    after: int = Field(0, ge=0, le=_LAST)
    limit: int = Field(100, ge=1, le=_MOST)
    lang: str = ""


class Since(Schema):
    """The size of an older log."""

    size: int | None = Field(None, alias="from", ge=1, le=_LAST)


class Wanted(Schema):
    """The format by its extension: json, xml, html or txt."""

    format: str = ""


@router.get("/wire", auth=None, response=dict)
def page(request: HttpRequest, asked: Query[Paging]) -> HttpResponse:
    """Entries after a cursor, in order. `next` is the cursor to go on from, until it is `size`."""
    lang = canonical(asked.lang) if asked.lang else ""
    # Read before the entries: what is appended in between must not be passed by.
    size = log.size()
    entries = log.after(asked.after, asked.limit, reader(request).groups)
    reached = entries[-1].seq if entries else asked.after
    following = reached if len(entries) == asked.limit else max(reached, size)
    wanted = [document(each) for each in entries if not lang or lang in each.langs]
    return from_log(request, JsonResponse({"entries": wanted, "next": following, "size": max(size, reached)}))


@router.get("/wire/head", auth=None, response=dict)
def head(request: HttpRequest, since: Query[Since]) -> HttpResponse:
    """The signed head; with `from`, the proof that the log of that size is its beginning."""
    if since.size is not None:
        return from_log(request, JsonResponse(proofs.consistency(since.size)))
    return from_log(request, JsonResponse({"size": log.size(), "head": log.head(), "key": signing.vkey()}))


@router.get("/wire/key", auth=None, response=dict)
def key(request: HttpRequest) -> HttpResponse:
    """The wire's public key, as a C2SP verifier key."""
    return from_log(request, JsonResponse({"origin": settings.DATELINE_WIRE.origin, "key": signing.vkey()}))


@router.get("/wire/{seq}", auth=None, response=dict)
def entry(request: HttpRequest, seq: int) -> HttpResponse:
    """One entry."""
    return from_log(request, JsonResponse(document(log.entry(_seq(seq), reader(request).groups))))


@router.get("/wire/{seq}/proof", auth=None, response=dict)
def proof(request: HttpRequest, seq: int) -> HttpResponse:
    """All that `dateline verify` needs of an entry."""
    return from_log(request, JsonResponse(proofs.bundle(_seq(seq), reader(request).groups)))


@router.get("/wire/{seq}/fairness", auth=None, response=dict)
def evenness(request: HttpRequest, seq: int) -> HttpResponse:
    """How evenly it went out to the desktops: first and last write, a histogram, signed by the log's key."""
    log.entry(_seq(seq), reader(request).groups)
    return from_log(request, JsonResponse(fairness.of(seq)))


@router.get("/entries/{key}", auth=None, response=dict)
def story(request: HttpRequest, key: str) -> HttpResponse:
    """All entries of one release, by its guid or the random part of it."""
    entries = [document(each) for each in log.story(key, reader(request).groups)]
    return from_log(request, JsonResponse({"entries": entries}))


@router.get("/entries/{key}/{lang}", auth=None)
def rendition(request: HttpRequest, key: str, lang: str, wanted: Query[Wanted]) -> HttpResponse:
    """The newest edition of one rendition, as ninjs, NewsML-G2, HTML or text: by `format`, or by Accept."""
    tag = canonical(lang)
    entries = [each for each in log.story(key, reader(request).groups) if tag in each.langs]
    if not entries:
        raise NotFound(f"The release has no rendition in {tag}.")
    chosen = _format(wanted.format, request.headers.get("Accept", ""))
    answer = HttpResponse(chosen.render(entries[-1], tag, settings.DATELINE_WIRE), content_type=chosen.content_type)
    answer["Content-Language"] = tag
    return from_log(request, answer)


def document(found: Entry) -> dict[str, Any]:
    """An entry as the API shows it; null stands for what is withheld, erased or withdrawn."""
    return {"header": found.header, "parts": found.parts, "canceled_by": found.canceled_by}


def _format(name: str, accept: str) -> Format:
    if name:
        if name not in FORMATS:
            fault = Fault(
                "bad-format", f"There is no format {name[:40]!r}.", "format", f"Choose of {', '.join(FORMATS)}."
            )
            raise BadInput([fault])
        return FORMATS[name]
    # A program that does not say what it takes gets ninjs.
    chosen = negotiate(accept) if accept not in {"", "*/*"} else FORMATS["json"]
    if chosen is None:
        kinds = ", ".join(each.media_type for each in FORMATS.values())
        raise NotAcceptable(
            [Fault("not-acceptable", "No type in Accept is served.", "Accept", f"Take one of {kinds}.")]
        )
    return chosen


def _seq(seq: int) -> int:
    if not 0 < seq <= _LAST:
        raise NotFound(f"There is no entry {seq}.")
    return seq
