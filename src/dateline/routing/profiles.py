"""What a subscriber asks for, kept; whoever matches is told."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from dateline.routing import rules as documents
from dateline.routing.index import Wants
from dateline.routing.models import Profile, Rule, Subscriber, next_revision

_MEMBERS = (*documents.LISTS, "urgency", "refused", "everything")


@transaction.atomic
def set_rules(subscriber: Subscriber, rules: Sequence[Mapping[str, Any]]) -> Profile:
    """Put these rules in the place of the old ones. BadInput names each value that is wrong, by JSON pointer."""
    values = documents.checked(rules)
    profile, _ = Profile.objects.update_or_create(subscriber=subscriber, defaults={"revision": next_revision()})
    profile.rules.all().delete()
    Rule.objects.bulk_create([Rule(profile=profile, **each) for each in values])
    return profile


def document(rule: Rule) -> dict[str, Any]:
    """The rule as `set_rules` takes it."""
    return documents.short({name: getattr(rule, name) for name in _MEMBERS})


def wants(rule: Rule) -> Wants:
    """The rule as the index takes it."""
    return documents.wants(document(rule))
