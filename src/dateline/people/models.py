"""Accounts, organisations and tokens."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from dateline.people.roles import Role

ROLE_NAMES = {
    Role.ISSUER_AUTHOR: _("Issuer, author"),
    Role.ISSUER_APPROVER: _("Issuer, approver"),
    Role.EDITOR: _("Editor"),
    Role.CHIEF_EDITOR: _("Chief editor"),
    Role.SUBSCRIBER: _("Subscriber"),
    Role.OPERATOR: _("Operator"),
}
ROLE_CHOICES = [(role.value, label) for role, label in ROLE_NAMES.items()]


class Organisation(models.Model):
    """An issuer, or a third-party provider whose feed we carry, or a subscriber's house."""

    class Kind(models.TextChoices):
        ISSUER = "issuer", _("Issuer")
        PROVIDER = "provider", _("Provider")
        SUBSCRIBER = "subscriber", _("Subscriber")

    name = models.CharField(_("name"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.ISSUER)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    # The domain it was checked by, shown as `source.verified`.
    verified = models.CharField(_("verified by"), max_length=200, blank=True)

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **values: Any) -> "User":
        user = self.model(email=self.normalize_email(email), **values)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person. When somebody last signed in is not kept: it would tell when a release was worked on."""

    last_login = None
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    role = models.CharField(_("role"), max_length=20, choices=ROLE_CHOICES)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="people")
    language = models.CharField(_("language"), max_length=20, default="en")
    # Audience groups, such as `media`, that this person may read in.
    groups = models.JSONField(_("audience groups"), default=list, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    demo = models.BooleanField(default=False, editable=False)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.email

    @property
    def role_name(self) -> str:
        return str(ROLE_NAMES[Role(self.role)])


class Token(models.Model):
    """A program's way in. Only its SHA-256 is kept: the token has 256 random bits, so no salt is needed."""

    name = models.CharField(max_length=200, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    role = models.CharField(max_length=20, choices=ROLE_CHOICES)
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="tokens")
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="tokens")
    groups = models.JSONField(default=list, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)
    revoked = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name or f"token {self.pk}"


class NoticeCount(models.Model):
    """The one row that numbers notices."""

    number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)


class Notice(models.Model):
    """What edges are told of tickets and profiles; kept as long as a ticket can live that it means."""

    number = models.BigIntegerField(primary_key=True)
    said_at = models.DateTimeField(db_index=True)
    body = models.JSONField()

    def __str__(self) -> str:
        return f"notice {self.number}"


class LargeProfile(models.Model):
    """The rules of a ticket that could not hold them; an edge asks for them once."""

    ticket = models.CharField(max_length=40, primary_key=True)
    expires_at = models.DateTimeField(db_index=True)
    rules = models.JSONField()

    def __str__(self) -> str:
        return f"rules of ticket {self.ticket}"
