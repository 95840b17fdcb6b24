"""The log as rows.

An entry is never changed; what may change beside it is derived: whether it is canceled or current.
"""

from django.db import models


class LogEntry(models.Model):
    """One leaf: the canonical header, byte for byte as it was hashed."""

    seq = models.BigIntegerField(primary_key=True)
    guid = models.CharField(max_length=200, db_index=True)
    key = models.CharField(max_length=32, db_index=True)
    version = models.PositiveIntegerField()
    signal = models.CharField(max_length=12)
    released_at = models.DateTimeField(db_index=True)
    header = models.BinaryField()
    # The seq of the withdrawal that took it back.
    canceled_by = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return str(self.seq)


class LogPart(models.Model):
    """A part and its salt. Both go when it is erased; its digest stays in the header."""

    entry = models.ForeignKey(LogEntry, models.PROTECT, related_name="parts")
    name = models.CharField(max_length=60)
    salt = models.CharField(max_length=64, null=True)
    content = models.TextField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "name"], name="one_row_a_part")]

    def __str__(self) -> str:
        return f"{self.entry_id}:{self.name}"


class LogLang(models.Model):
    """That an entry touched a rendition. `current` marks the newest that did, for each guid and language."""

    entry = models.ForeignKey(LogEntry, models.PROTECT, related_name="touched")
    guid = models.CharField(max_length=200)
    lang = models.CharField(max_length=40)
    edition = models.PositiveIntegerField()
    first_released_at = models.DateTimeField()
    current = models.BooleanField(default=True)

    class Meta:
        indexes = [
            models.Index(fields=["guid", "lang"], name="log_lang_of_guid"),
            models.Index(fields=["lang", "current", "entry"], name="log_lang_current"),
        ]

    def __str__(self) -> str:
        return f"{self.guid}/{self.lang}"


class LogSector(models.Model):
    """That an entry is of a sector, or of one within it."""

    entry = models.ForeignKey(LogEntry, models.PROTECT, related_name="in_sectors")
    sector = models.CharField(max_length=60)

    class Meta:
        indexes = [models.Index(fields=["sector", "entry"], name="log_sector_entries")]

    def __str__(self) -> str:
        return self.sector


class Node(models.Model):
    """A complete subtree of the Merkle tree (RFC 6962): 2^level leaves, the index-th of them."""

    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    digest = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="one_row_a_node")]

    def __str__(self) -> str:
        return f"{self.level}/{self.index}"


class Head(models.Model):
    """The one row that says how long the log is. An append locks it."""

    size = models.BigIntegerField(default=0)
    released_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)

    def __str__(self) -> str:
        return str(self.size)


class EdgeFigures(models.Model):
    """How evenly one edge wrote one entry to its streams; see `wire.fairness`."""

    seq = models.BigIntegerField(db_index=True)
    edge = models.CharField(max_length=80)
    body = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seq", "edge"], name="figures_of_an_edge")]

    def __str__(self) -> str:
        return f"{self.edge}: {self.seq}"
