"""How the wire is: its health, its figures, its key."""

from django.conf import settings
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from dateline.delivery import ledger
from dateline.intake.models import FiledVersion
from dateline.wire import log, signing
from dateline.words import clock


def healthz(request: HttpRequest) -> HttpResponse:
    """200 when pages and database answer, and the wire's process is there."""
    alive = (settings.DATELINE_RUN / "tail.sock").exists()
    return JsonResponse({"ok": alive, "wire": alive, "seq": log.size()}, status=200 if alive else 503)


def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus. How many there are of what; never what they say."""
    registry = CollectorRegistry()
    Gauge("dateline_log_size", "Entries in the log", registry=registry).set(log.size())
    states = Gauge("dateline_versions", "Versions by state", ["state"], registry=registry)
    for row in FiledVersion.objects.values("state").annotate(count=Count("pk")):
        states.labels(row["state"]).set(row["count"])
    owed = ledger.totals(clock.now())
    Gauge("dateline_delivery_owed", "Deliveries that are owed now", registry=registry).set(owed.owed)
    Gauge("dateline_delivery_oldest_due_seconds", "How long the oldest is overdue", registry=registry).set(
        owed.oldest_due_seconds
    )
    Gauge("dateline_delivery_behind", "Entries that are not planned yet", registry=registry).set(owed.behind)
    outcomes = Gauge("dateline_delivery_outcomes", "Outcomes by result", ["result"], registry=registry)
    for result, count in owed.outcomes.items():
        outcomes.labels(result).set(count)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def well_known(request: HttpRequest) -> HttpResponse:
    """Whose wire it is, and the key that its heads are signed with."""
    wire = settings.DATELINE_WIRE
    return JsonResponse(
        {"name": wire.name, "origin": wire.origin, "key": signing.vkey(), "api": f"{wire.base_url}/api/v1/"}
    )
