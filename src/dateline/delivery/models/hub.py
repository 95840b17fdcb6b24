"""Who follows which feed (WebSub)."""

from django.db import models

from dateline.delivery.models.endpoint import NEVER, Endpoint, random_name


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
