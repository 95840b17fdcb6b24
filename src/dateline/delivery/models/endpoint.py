"""Where subscribers receive, and what keeps a mail address from it."""

import secrets
from datetime import UTC, datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dateline.delivery import barring
from dateline.delivery.channels import LABELS
from dateline.delivery.deciding import Answer
from dateline.routing.models import Subscriber

# Before any lease.
NEVER = datetime.fromtimestamp(0, UTC)


def random_name() -> str:
    return secrets.token_hex(8)


class Endpoint(models.Model):
    """Where a subscriber receives: a channel and an address. `name` is random and never changes."""

    class State(models.TextChoices):
        # Nobody has said yet that it is theirs.
        UNCONFIRMED = "unconfirmed", _("Not confirmed yet")
        ACTIVE = "active", _("Active")
        PAUSED = "paused", _("Paused")
        ENDED = "ended", _("Ended")

    name = models.CharField(max_length=16, unique=True, default=random_name, editable=False)
    subscriber = models.ForeignKey(Subscriber, models.PROTECT, related_name="endpoints")
    # One of `channels.KNOWN`.
    channel = models.CharField(_("channel"), max_length=12)
    address = models.CharField(_("address"), max_length=500)
    # What the channel's fields ask for, as its `check` returned it.
    options = models.JSONField(default=dict)
    # A key to sign with or a password, sealed under the wire's key `endpoint`.
    secret = models.BinaryField(null=True)
    # Nothing is sent there before then, and why: what `suppression` knows of the address. Null: it may be.
    suppressed_until = models.DateTimeField(null=True)
    suppressed_why = models.CharField(max_length=200, blank=True)
    # When its reader wants it and how much of it, as `quiet.checked` returned it; null: always, all.
    wishes = models.JSONField(null=True)
    # Who gave the address, and when: the law (GDPR, article 14) lets a person ask.
    came_from = models.CharField(max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.ACTIVE)
    ended_why = models.CharField(max_length=200, blank=True)
    # Nothing is sent there from then on; null: as long as it is active.
    lease_until = models.DateTimeField(null=True)
    # How many requests it takes at once.
    concurrency = models.PositiveSmallIntegerField(default=2)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber", "channel", "address"], condition=~Q(state="ended"), name="one_row_an_endpoint"
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.name}"

    def barred(self, now: datetime) -> Answer | None:
        """What stands in the place of an attempt, if nothing may be sent there any more; None: it may."""
        suppressed = self.suppressed_until, self.suppressed_why
        return barred(self.state, self.ended_why, self.lease_until, suppressed, now)

    @property
    def channel_label(self) -> str:
        return str(LABELS.get(self.channel, self.channel))


def barred(
    state: str,
    ended_why: str,
    lease_until: datetime | None,
    suppressed: tuple[datetime | None, str],
    now: datetime,
) -> Answer | None:
    """As `Endpoint.barred`, of a row's values."""
    if state == Endpoint.State.ENDED:
        return barring.ended(ended_why)
    until, why = suppressed
    if until and until > now:
        return barring.suppressed(why)
    return barring.lapsed() if lease_until and lease_until <= now else None


class Suppression(models.Model):
    """That nothing is sent to a mail address, whosever endpoint it is, and why.

    Only a keyed digest of the address is kept: an objection outlives the deletion of who objected.
    """

    class Reason(models.TextChoices):
        BOUNCE = "bounce"
        COMPLAINT = "complaint"
        OBJECTION = "objection"
        OPERATOR = "operator"

    digest = models.CharField(max_length=64, unique=True)
    reason = models.CharField(max_length=10, choices=Reason.choices)
    evidence = models.CharField(max_length=300, blank=True)
    since = models.DateTimeField()
    # Null: for good.
    until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.reason} since {self.since:%Y-%m-%d}"
