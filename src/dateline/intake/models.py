"""Releases and their versions. In the clear stand only a random id, the state, sizes and row times."""

from django.db import models

from dateline.words.release import State


class Release(models.Model):
    """One story, for good. `owner` is a keyed digest of its organisation, never a link to it."""

    id = models.CharField(primary_key=True, max_length=32)
    owner = models.CharField(max_length=64, db_index=True)
    filed_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.id


class FiledVersion(models.Model):
    """One version of a release on its way: its state. Its text lies in the vault, in boxes named after it."""

    release = models.ForeignKey(Release, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=[(state.value, state.value) for state in State], db_index=True)
    # Counts edits: who saves over an older text than the newest is told so.
    edit = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(auto_now=True)
    # Set by the wire when it is in the log.
    seq = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "number"], name="one_row_a_version")]

    def __str__(self) -> str:
        return f"{self.release_id}/{self.number}"

    @property
    def box(self) -> str:
        """The kind of the vault's boxes that hold its content."""
        return f"version/{self.number}"


class Step(models.Model):
    """One step of the journey: who did what, sealed."""

    release = models.CharField(max_length=32, db_index=True)
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"step of {self.release}"


class Original(models.Model):
    """That something was filed before: keyed digests of its bytes, and of a provider's own id."""

    tag = models.CharField(max_length=64, unique=True)
    release = models.CharField(max_length=32, db_index=True)

    def __str__(self) -> str:
        return self.release


class Answer(models.Model):
    """What was answered to a request with an Idempotency-Key, sealed, so that a repeat gets the same."""

    tag = models.CharField(max_length=64, unique=True)
    request = models.CharField(max_length=64)
    sealed = models.BinaryField()
    kept_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.tag[:8]
