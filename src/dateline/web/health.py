"""How the wire is: its health, its figures, its key."""

import json
import socket

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from dateline.delivery import ledger
from dateline.intake.models import FiledVersion
from dateline.web import reading
from dateline.wire import log, signing
from dateline.words import clock

_PATIENCE = 1.0
_LINE = 4096
_NO_NOTICE = 2**31 - 1


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when the database and the wire's process answer, else 503 and which of them does not."""
    size = _database()
    wire = _wire(size)
    found = {"ok": size is not None and wire, "database": size is not None, "wire": wire, "seq": size}
    answer = JsonResponse(found, status=200 if found["ok"] else 503)
    answer["Cache-Control"] = "no-store"
    return answer


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus. How many there are of what; never what they say."""
    registry = CollectorRegistry()
    Gauge("dateline_log_size", "Entries in the log; the newest seq", registry=registry).set(log.size())
    at = log.last_released_at()
    if at is not None:
        told = "When the newest entry was appended, in seconds since 1970"
        Gauge("dateline_log_last_append_seconds", told, registry=registry).set(at.timestamp())
    states = Gauge("dateline_versions", "Versions of releases by state", ["state"], registry=registry)
    for row in FiledVersion.objects.order_by().values("state").annotate(count=Count("pk")):
        states.labels(row["state"]).set(row["count"])
    _delivery(registry)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


@require_safe
def well_known(request: HttpRequest) -> HttpResponse:
    """Whose wire it is, the key that its heads are signed with, and where its doors are."""
    wire = settings.DATELINE_WIRE
    return JsonResponse(
        {
            "name": wire.name,
            "origin": wire.origin,
            "key": signing.vkey(),
            "languages": reading.there(),
            "api": f"{wire.base_url}/api/v1/",
            "head": f"{wire.base_url}/api/v1/wire/head",
            "feeds": f"{wire.base_url}/feeds/",
            "stream": f"{wire.stream_url}/wire",
        }
    )


def _delivery(registry: CollectorRegistry) -> None:
    found = ledger.totals(clock.now())
    Gauge("dateline_delivery_owed", "Deliveries owed now", registry=registry).set(found.owed)
    Gauge("dateline_delivery_retrying", "Deliveries that wait for another attempt", registry=registry).set(
        found.retrying
    )
    Gauge("dateline_delivery_behind", "Entries of the log not planned yet", registry=registry).set(found.behind)
    Gauge("dateline_delivery_oldest_due_seconds", "How long the longest is overdue", registry=registry).set(
        found.oldest_due_seconds
    )
    outcomes = Gauge("dateline_delivery_outcomes", "Outcomes of attempts", ["result"], registry=registry)
    for result, count in found.outcomes.items():
        outcomes.labels(result).set(count)


def _database() -> int | None:
    try:
        return log.size()
    except DatabaseError:
        return None


def _wire(after: int | None) -> bool:
    """Whether the wire's process says how long the log is when its tail is asked."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as tail:
            tail.settimeout(_PATIENCE)
            tail.connect(str(settings.DATELINE_RUN / "tail.sock"))
            # Notices come before the size, and may be more than one reads: so that there is none after this.
            tail.sendall(json.dumps({"after": after or 0, "notices": _NO_NOTICE}).encode() + b"\n")
            return b'"type": "size"' in tail.recv(_LINE)
    except OSError:
        return False
