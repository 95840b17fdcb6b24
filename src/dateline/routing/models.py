"""Subscribers, and the profiles that say what they want."""

import secrets
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from dateline.intake import bell
from dateline.people import notices
from dateline.people.models import Organisation
from dateline.routing.rules import MEMBERS, short
from dateline.words import clock


def pseudonym() -> str:
    """What an issuer sees in the place of a journalist's name: random, so that it tells nothing.

    Of 32 bits two would soon be alike: among 86,000 more likely than not.
    """
    return f"journalist-{secrets.token_hex(8)}"


class Subscriber(models.Model):
    """Somebody to whom the wire sends: an outlet (a machine) or a journalist (a person)."""

    class Kind(models.TextChoices):
        OUTLET = "outlet", _("Outlet")
        JOURNALIST = "journalist", _("Journalist")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=200)
    pseudonym = models.CharField(max_length=40, unique=True, default=pseudonym, editable=False)
    country = models.CharField(_("country"), max_length=2, blank=True)
    # BCP 47 tags in order of preference.
    languages = models.JSONField(_("languages"), default=list, blank=True)
    # Audience groups, such as `media`, that it may read in.
    groups = models.JSONField(_("audience groups"), default=list, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="subscribers"
    )
    organisation = models.ForeignKey(Organisation, models.SET_NULL, null=True, blank=True, related_name="subscribers")
    paused = models.BooleanField(_("paused"), default=False)
    # The law (GDPR, article 14) lets a person ask where we have the address from.
    address_from = models.CharField(_("where the address came from"), max_length=200, blank=True)

    def __str__(self) -> str:
        return self.shown_as

    @property
    def shown_as(self) -> str:
        """What an issuer sees: an outlet's name, a journalist's pseudonym."""
        return self.name if self.kind == self.Kind.OUTLET else self.pseudonym

    @transaction.atomic
    def save(self, *args: Any, **values: Any) -> None:
        """Save, and let whoever matches know: languages and groups decide too."""
        super().save(*args, **values)
        profile, _ = Profile.objects.update_or_create(subscriber=self, defaults={"revision": next_revision()})
        profile.tell(self)


class Profile(models.Model):
    """What a subscriber wants: an OR of rules. `revision` grows with every change of any profile."""

    subscriber = models.OneToOneField(Subscriber, models.CASCADE, related_name="profile")
    revision = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        return f"profile of {self.subscriber_id}"

    def documents(self) -> list[dict[str, Any]]:
        """The rules as they are set."""
        return [rule.document() for rule in self.rules.order_by("pk")]

    def tell(self, subscriber: Subscriber) -> None:
        """Let the edges know, where this subscriber may have streams open; one that is paused wants nothing."""
        notices.say(
            "profile",
            clock.now(),
            subscriber=subscriber.pk,
            revision=self.revision,
            languages=list(subscriber.languages),
            groups=sorted(subscriber.groups),
            rules=[] if subscriber.paused else self.documents(),
        )
        bell.ring("wire")


class Rule(models.Model):
    """One conjunction. An empty list asks for anything; all empty needs `everything`.

    `refused` maps an attribute's name (as in `routing.index`) to the values that must not be there.
    """

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="rules")
    languages = models.JSONField(default=list, blank=True)
    countries = models.JSONField(default=list, blank=True)
    sectors = models.JSONField(default=list, blank=True)
    issuers = models.JSONField(default=list, blank=True)
    tickers = models.JSONField(default=list, blank=True)
    circuits = models.JSONField(default=list, blank=True)
    signals = models.JSONField(default=list, blank=True)
    # Nothing less urgent than this; 1 is the most urgent.
    urgency = models.PositiveSmallIntegerField(null=True, blank=True)
    # A query of words (`routing.query`); empty asks for none.
    words = models.TextField(default="", blank=True)
    refused = models.JSONField(default=dict, blank=True)
    everything = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"rule {self.pk}"

    def document(self) -> dict[str, Any]:
        """The rule as `routing.rules` takes it."""
        return short({name: getattr(self, name) for name in MEMBERS})


class Revision(models.Model):
    """The one row that counts changes of profiles. A change locks it, so revisions appear in their order."""

    number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)


def next_revision() -> int:
    """The next number, inside the transaction of the change that it stands for."""
    Revision.objects.get_or_create(pk=1)
    row = Revision.objects.select_for_update().get(pk=1)
    row.number += 1
    row.save(update_fields=["number"])
    return row.number
