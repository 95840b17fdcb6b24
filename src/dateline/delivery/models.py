"""The ledger: who is owed what, and every attempt to send it."""

import secrets
from datetime import UTC, datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dateline.delivery.channels import LABELS
from dateline.routing.models import Subscriber

# Before any lease.
NEVER = datetime.fromtimestamp(0, UTC)
LAPSED = "the lease has run out"


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

    def blocked(self, now: datetime) -> str:
        """Why nothing may be sent there any more; empty: it may."""
        return blocked(self.state, self.ended_why, self.lease_until, now)

    @property
    def channel_label(self) -> str:
        return str(LABELS.get(self.channel, self.channel))


def blocked(state: str, ended_why: str, lease_until: datetime | None, now: datetime) -> str:
    """As `Endpoint.blocked`, of a row's values."""
    if state == Endpoint.State.ENDED:
        return ended_why or "ended"
    return LAPSED if lease_until and lease_until <= now else ""


class MailKey(models.Model):
    """A key that signs mail. Its public half must stand in the DNS before it is made active."""

    class Algorithm(models.TextChoices):
        RSA = "rsa"
        ED25519 = "ed25519"

    selector = models.CharField(max_length=40, unique=True)
    algorithm = models.CharField(max_length=8, choices=Algorithm.choices)
    # PKCS #8 (RFC 5958), sealed under the wire's key `mail`.
    private = models.BinaryField()
    active = models.BooleanField(default=False)
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.selector


class Letter(models.Model):
    """A mail of the house itself to one person, such as a question whether an address is theirs. No release is in it.

    `kind` is one of `letters.KINDS`, `values` what its text is made of.
    """

    class State(models.TextChoices):
        OWED = "owed"
        DELIVERED = "delivered"
        FAILED = "failed"
        # There was nothing left to say.
        CANCELED = "canceled"

    name = models.CharField(max_length=16, unique=True, default=random_name, editable=False)
    address = models.CharField(max_length=500, db_index=True)
    lang = models.CharField(max_length=40)
    kind = models.CharField(max_length=20)
    values = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    # Who holds it holds it so long, by this epoch.
    held_until = models.DateTimeField(default=NEVER)
    epoch = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OWED)
    # What the other end said last.
    evidence = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], condition=Q(state="owed"), name="letter_owed")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


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
    sent.
    """

    class Result(models.TextChoices):
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Failed")
        SUPERSEDED = "superseded", _("Superseded")
        CANCELED = "canceled", _("Canceled")
        # What becomes of it then, its digest's letter says.
        GATHERED = "gathered", _("In a digest")
        DEFERRED = "deferred", _("To be tried again")

    shard = models.ForeignKey(Shard, models.PROTECT, related_name="outcomes")
    seq = models.BigIntegerField()
    endpoint = models.ForeignKey(Endpoint, models.PROTECT, related_name="outcomes")
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
            models.Index(fields=["seq", "endpoint"], name="outcome_of_recipient"),
            models.Index(fields=["at"], name="outcome_at"),
        ]

    def __str__(self) -> str:
        return f"{self.result} {self.seq} to {self.endpoint_id}"


class Gathered(models.Model):
    """That an entry goes to a reader in a digest: due when the reader wants one, sent when its letter is there."""

    endpoint = models.ForeignKey(Endpoint, models.PROTECT, related_name="gathered")
    seq = models.BigIntegerField()
    lang = models.CharField(max_length=40)
    due_at = models.DateTimeField()
    letter = models.ForeignKey(Letter, models.SET_NULL, null=True, related_name="gathered")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["endpoint", "seq"], name="gathered_once")]
        indexes = [models.Index(fields=["due_at"], condition=Q(letter=None), name="gathered_due")]

    def __str__(self) -> str:
        return f"{self.seq} for {self.endpoint_id}"


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


class Topic(models.Model):
    """What names a WebSub subscription: a feed (language, sector or "", format) and a callback, which has a host."""

    lang = models.CharField(max_length=40)
    sector = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=8)
    callback = models.CharField(max_length=500)
    host = models.CharField(max_length=255)

    class Meta:
        abstract = True

    @property
    def key(self) -> dict[str, str]:
        return {"lang": self.lang, "sector": self.sector, "kind": self.kind, "callback": self.callback}


class Following(Topic):
    """That an endpoint follows a feed, as long as its lease lasts; one for a topic and callback (WebSub 5.1)."""

    endpoint = models.OneToOneField(Endpoint, models.PROTECT, related_name="follows")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lang", "sector", "kind", "callback"], name="one_row_a_topic_and_callback")
        ]
        indexes = [models.Index(fields=["host"], name="following_of_host")]

    def __str__(self) -> str:
        return f"{self.endpoint_id} follows {self.lang} {self.sector} {self.kind}"


class HubRequest(Topic):
    """A request that the hub has accepted and the subscriber has not confirmed yet (WebSub section 5.3)."""

    class Mode(models.TextChoices):
        SUBSCRIBE = "subscribe"
        UNSUBSCRIBE = "unsubscribe"
        # Ours: the subscriber is to be told that there is no subscription, and why.
        DENIED = "denied"

    name = models.CharField(max_length=16, unique=True, default=random_name, editable=False)
    mode = models.CharField(max_length=11, choices=Mode.choices)
    # Sealed under the wire's key `endpoint`.
    secret = models.BinaryField(null=True)
    # In seconds.
    lease = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    # Who holds it holds it so long, by this epoch.
    held_until = models.DateTimeField(default=NEVER)
    epoch = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["due_at", "id"], name="hub_request_due"),
            models.Index(fields=["host"], name="hub_request_of_host"),
            models.Index(fields=["callback"], name="hub_request_of_callback"),
        ]

    def __str__(self) -> str:
        return f"{self.mode} {self.name}"
