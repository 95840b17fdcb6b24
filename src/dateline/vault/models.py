"""What is kept sealed, and the keys that seal it, wrapped."""

from django.db import models


class NamedKey(models.Model):
    """A key of the wire itself (its signing seed, its index key), wrapped by a master key."""

    name = models.CharField(max_length=40, unique=True)
    master = models.CharField(max_length=20)
    wrapped = models.BinaryField()

    def __str__(self) -> str:
        return self.name


class DataKey(models.Model):
    """The key of one release, wrapped by a master key. Without the row its boxes never open again."""

    release = models.CharField(max_length=32, unique=True)
    master = models.CharField(max_length=20)
    wrapped = models.BinaryField()

    def __str__(self) -> str:
        return self.release


class Box(models.Model):
    """Something sealed under a release's key. Each edit is a box of its own; the newest of a kind is current."""

    release = models.CharField(max_length=32, db_index=True)
    kind = models.CharField(max_length=40)
    sealed = models.BinaryField()
    kept_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.kind} of {self.release}"


class Opening(models.Model):
    """Somebody read a release before it was out: who, what, when and why, sealed. One row a sitting."""

    release = models.CharField(max_length=32, db_index=True)
    tag = models.CharField(max_length=64, unique=True)
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"opening of {self.release}"
