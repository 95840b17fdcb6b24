"""The report's page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from dateline.delivery import ledger
from dateline.delivery.channels import LABELS
from dateline.delivery.models import Outcome
from dateline.intake import releases
from dateline.people.roles import Act, Actor, check
from dateline.reports.report import report
from dateline.web.work import names
from dateline.web.work.access import signed_in
from dateline.web.work.rows import row_of

_RECEIPTS = {
    **{str(value): label for value, label in Outcome.Result.choices},
    ledger.RETRYING: _("Retrying"),
    ledger.WAITING: _("Waiting"),
}


@signed_in
def page(request: HttpRequest, actor: Actor, key: str) -> HttpResponse:
    """What happened to a release, for its desk and its issuer."""
    check(actor, Act.REPORT)
    made = report(actor, key)
    by_channel = {LABELS.get(name, name): tally for name, tally in made["by_channel"].items()}
    tables = [("channel", by_channel), ("country", made["by_country"]), ("language", made["by_language"])]
    context = {
        "actor": actor,
        "row": row_of(actor, releases.get(actor, key, Act.REPORT)),
        "report": made,
        "tables": tables,
        "entries": [{**each, "signal": names.signal(each["signal"]) or _("Released")} for each in made["entries"]],
        "acknowledgements": [{**each, "signal": names.signal(each["signal"])} for each in made["acknowledgements"]],
        "recipients": [
            {
                **each,
                "state_name": _RECEIPTS.get(each["state"], each["state"]),
                "channel": LABELS.get(each["channel"]),
            }
            for each in made["recipients"]
        ],
    }
    return render(request, "web/work/report.html", context)
