"""What a subscriber asks for, kept; whoever matches is told."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from dateline.routing import rules as documents
from dateline.routing.models import Profile, Rule, Subscriber, next_revision


@transaction.atomic
def set_rules(subscriber: Subscriber, rules: Sequence[Mapping[str, Any]]) -> Profile:
    """Put these rules in the place of the old ones. BadInput names each value that is wrong, by JSON pointer."""
    values = documents.checked(rules)
    profile, _ = Profile.objects.update_or_create(subscriber=subscriber, defaults={"revision": next_revision()})
    profile.rules.all().delete()
    Rule.objects.bulk_create([Rule(profile=profile, **each) for each in values])
    profile.tell(subscriber)
    return profile
