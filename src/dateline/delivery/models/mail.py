"""What mail has beside the ledger: keys, letters of the house, digests, and what comes back."""

from django.db import models
from django.db.models import Q

from dateline.delivery.models.endpoint import NEVER, Endpoint, random_name


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
        # Whom it was for does not want it any more.
        DECLINED = "declined"

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


class Bounce(models.Model):
    """A mail that came back, or was complained of, after it had been taken (RFC 3464, RFC 5965).

    It was of an entry to an endpoint, or else a letter of the house, with which it is forgotten.
    """

    class Kind(models.TextChoices):
        # The address takes no mail; the mail could not be brought there this time; it only takes longer.
        HARD = "hard"
        SOFT = "soft"
        DELAY = "delay"
        COMPLAINT = "complaint"

    endpoint = models.ForeignKey(Endpoint, models.PROTECT, null=True, related_name="bounces")
    seq = models.BigIntegerField(null=True)
    letter = models.ForeignKey(Letter, models.CASCADE, null=True, related_name="bounces")
    # That of a suppression of the same address; empty once its subscriber is forgotten.
    digest = models.CharField(max_length=64, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    # An enhanced status (RFC 3463), such as 5.1.1, and what the other server said.
    status = models.CharField(max_length=12, blank=True)
    evidence = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(endpoint__isnull=False, seq__isnull=False, letter=None)
                | Q(endpoint=None, seq=None, letter__isnull=False),
                name="bounce_of_one_mail",
            )
        ]
        indexes = [models.Index(fields=["digest", "at"], name="bounce_of_address")]

    def __str__(self) -> str:
        return f"{self.kind} {self.status} of {self.letter or self.seq}"
