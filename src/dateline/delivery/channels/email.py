"""Mail over SMTP, to the operator's relay or to each domain's own servers, signed, and as fast as they take it.

Sources: RFC 5321 (SMTP), RFC 5322, RFC 2919 (List-Id), RFC 2369 and RFC 8058 (one-click unsubscribing),
RFC 6376 (DKIM).
"""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from dateline.delivery import addresses, links
from dateline.delivery.channels.contract import House, Many
from dateline.delivery.mailing.mail import Sender
from dateline.delivery.mailing.postman import Postman
from dateline.delivery.mailing.routes import Routes


class Email(Many):
    """One mail to each recipient, in a transaction of its own, so that each has its own final reply."""

    name = "email"
    label = _("E-mail")
    keys = (links.LEAVE, links.BOUNCE, links.ACKNOWLEDGE)

    def __init__(self, house: House) -> None:
        leave, bounce, acknowledge = (house.keys[name] for name in self.keys)
        sender = Sender(house.wire, house.mail_from, leave, bounce, tuple(house.signers), acknowledge)
        self._postman = Postman(Routes(house.smtp_url, private=house.private), sender)

    @classmethod
    def check(cls, address: str, options: Mapping[str, str]) -> dict[str, str]:
        addresses.check_mail(address)
        return {}

    @classmethod
    def lane(cls, address: str) -> str:
        return address.rpartition("@")[2].lower()

    def carrier(self) -> Postman:
        return self._postman

    async def close(self) -> None:
        await self._postman.close()
