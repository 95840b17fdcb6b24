"""The ledger: who is owed what, and every attempt to send it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dateline.delivery.models.endpoint import NEVER, Endpoint


class Cursor(models.Model):
    """How far a reader of the log has come."""

    reader = models.CharField(max_length=20, primary_key=True)
    seq = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.reader} at {self.seq}"


class Shard(models.Model):
    """A frozen slice of the recipients of an entry by one channel.

    `recipients` is compact JSON, `[[endpoint, lang], …]`, and is never changed. `superseded` maps a language to
    the seq of the newer entry that took the place of this one in it. `left` counts those without a final outcome.
    """

    class Priority(models.IntegerChoices):
        WITHDRAWAL = 0
        ORDINARY = 1

    class State(models.TextChoices):
        OPEN = "open"
        DONE = "done"

    seq = models.BigIntegerField()
    guid = models.CharField(max_length=200)
    signal = models.CharField(max_length=12)
    channel = models.CharField(max_length=12)
    # Whose pace its recipients share, such as a mail domain; empty: nobody's. It is claimed for itself.
    lane = models.CharField(max_length=255, default="")
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.ORDINARY)
    recipients = models.TextField()
    count = models.PositiveIntegerField()
    left = models.PositiveIntegerField()
    superseded = models.JSONField(default=dict)
    # Who called it off; empty: nobody.
    canceled = models.CharField(max_length=200, default="")
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(default=NEVER)
    # The fencing token: who holds an older epoch than this writes nothing more.
    epoch = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["priority", "seq", "id"], condition=Q(state="open"), name="shard_open"),
            models.Index(fields=["guid", "seq"], name="shard_of_guid"),
        ]

    def __str__(self) -> str:
        return f"shard {self.pk} of {self.seq}"


class Hold(models.Model):
    """That an operator has stopped a channel, or one lane of it. Withdrawals go out all the same."""

    channel = models.CharField(max_length=12)
    # Empty: the whole channel.
    lane = models.CharField(max_length=255, blank=True)
    by = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "lane"], name="one_hold_a_lane")]

    def __str__(self) -> str:
        return f"{self.channel} {self.lane}".strip()


class Outcome(models.Model):
    """One attempt at one recipient, appended and never changed.

    `deferred` will be tried again. The others are final, and a recipient has one final outcome a shard: nobody can be
    counted twice. Of an entry that an operator sent again, the newest shard's counts. `attempt` is 0 if nothing was
    ever sent.
    """

    class Result(models.TextChoices):
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Failed")
        SUPERSEDED = "superseded", _("Superseded")
        CANCELED = "canceled", _("Canceled")
        # Its reader does not want it. That is no failure, and it is not sent again to those who lack it.
        DECLINED = "declined", _("Not wanted")
        # What becomes of it then, its digest's letter says.
        GATHERED = "gathered", _("In a digest")
        DEFERRED = "deferred", _("To be tried again")

    # The database does not look both up again for each attempt, which would take PostgreSQL a third of the time that
    # an outcome costs: the shard is locked meanwhile, the endpoint was frozen in it, and no row of either is deleted.
    shard = models.ForeignKey(Shard, models.PROTECT, related_name="outcomes", db_constraint=False)
    seq = models.BigIntegerField()
    endpoint = models.ForeignKey(Endpoint, models.PROTECT, related_name="outcomes", db_index=False, db_constraint=False)
    attempt = models.PositiveSmallIntegerField()
    result = models.CharField(max_length=10, choices=Result.choices)
    # What the other end said last: `250 2.0.0 Ok: queued as …`, `HTTP 204`.
    evidence = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    # How long the attempt took, in milliseconds.
    ms = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shard", "endpoint"], condition=~Q(result="deferred"), name="one_final_outcome_a_recipient"
            )
        ]
        indexes = [
            # Each index costs a write an attempt; this one serves the questions by endpoint too.
            models.Index(fields=["endpoint", "seq"], name="outcome_at_endpoint"),
            models.Index(fields=["at"], name="outcome_at"),
        ]

    def __str__(self) -> str:
        return f"{self.result} {self.seq} to {self.endpoint_id}"


class Retry(models.Model):
    """That a recipient of a shard is to be tried again, and when."""

    shard = models.ForeignKey(Shard, models.CASCADE, related_name="retries")
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="retries")
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField()
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shard", "endpoint"], name="one_retry_a_recipient")]

    def __str__(self) -> str:
        return f"retry of {self.shard_id} to {self.endpoint_id}"


class Acknowledgement(models.Model):
    """That an endpoint's owner has said that what an entry takes back is taken back there."""

    class How(models.TextChoices):
        API = "api"
        LINK = "link"
        FILE = "file"

    seq = models.BigIntegerField()
    endpoint = models.ForeignKey(Endpoint, models.PROTECT, related_name="acknowledgements")
    at = models.DateTimeField()
    how = models.CharField(max_length=4, choices=How.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seq", "endpoint"], name="one_acknowledgement_a_recipient")]

    def __str__(self) -> str:
        return f"{self.endpoint_id} acknowledged {self.seq}"


class Breaker(models.Model):
    """That a webhook has failed lately, so often in a row; with `probe_at`, that it is left alone until then."""

    endpoint = models.OneToOneField(Endpoint, models.CASCADE, related_name="breaker")
    failures = models.PositiveSmallIntegerField()
    since = models.DateTimeField()
    # In seconds, between the last two probes.
    pause = models.PositiveIntegerField(default=60)
    probe_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.failures} failures of {self.endpoint_id}"
