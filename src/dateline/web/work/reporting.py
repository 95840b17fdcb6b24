"""The report's page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dateline.people.roles import Actor
from dateline.reports.report import report
from dateline.web.work.access import signed_in


@signed_in
def page(request: HttpRequest, actor: Actor, key: str) -> HttpResponse:
    """What happened to a release, for its desk and its issuer."""
    made = report(actor, key)
    tables = [(name, made[f"by_{name}"]) for name in ("channel", "country", "language")]
    most = max((tally["owed"] for _, rows in tables for tally in rows.values()), default=1)
    return render(request, "web/work/report.html", {"report": made, "tables": tables, "most": most})
