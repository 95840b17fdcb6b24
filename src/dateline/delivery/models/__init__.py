"""The tables of delivery, by what they are of."""

from dateline.delivery.models.endpoint import NEVER, Endpoint, Suppression, barred, random_name
from dateline.delivery.models.hub import Following, HubRequest, Topic
from dateline.delivery.models.mail import Bounce, Gathered, Letter, MailKey
from dateline.delivery.models.shard import Acknowledgement, Breaker, Cursor, Hold, Outcome, Retry, Shard

__all__ = [
    "NEVER",
    "Acknowledgement",
    "Bounce",
    "Breaker",
    "Cursor",
    "Endpoint",
    "Following",
    "Gathered",
    "Hold",
    "HubRequest",
    "Letter",
    "MailKey",
    "Outcome",
    "Retry",
    "Shard",
    "Suppression",
    "Topic",
    "barred",
    "random_name",
]
