"""The sender's page: what must stand in the DNS before the wire's mail is believed, and what stands there now."""

from django.conf import settings
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dateline.delivery import signing
from dateline.delivery.mailing import published
from dateline.delivery.models import MailKey, Suppression
from dateline.people.roles import Act, Actor, check
from dateline.web.work.access import signed_in


@signed_in
def page(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Each record to publish beside what is found; it is looked up at each load, for records change outside."""
    check(actor, Act.OPERATE)
    address = settings.DATELINE_MAIL_FROM
    newest = {key.algorithm: key for key in MailKey.objects.order_by("pk")}
    signers = [signing.signer(key, address) for key in newest.values()]
    context = {
        "actor": actor,
        "address": address,
        "records": published.records(address, signers, published.in_the_dns),
        "keys": list(newest.values()),
        "suppressed": Suppression.objects.order_by().values("reason").annotate(count=Count("pk")),
    }
    return render(request, "web/work/sender.html", context)
