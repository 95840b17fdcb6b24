"""Signing in, and who a signed-in person is to the other rooms."""

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from dateline.people.models import User
from dateline.people.roles import Actor, Role


class Backend(ModelBackend):
    """E-mail and password. Demo people sign in to the demo only."""

    def user_can_authenticate(self, user: object) -> bool:
        return isinstance(user, User) and user.is_active and (settings.DATELINE_DEMO or not user.demo)

    def get_user(self, user_id: int) -> User | None:
        user = User.objects.select_related("organisation").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None


def actor(request: HttpRequest) -> Actor | None:
    """The signed-in person as an actor. A sitting is a session: the sign-in gives it its random name."""
    user = request.user
    return of_user(user, str(request.session.get("sitting", ""))) if isinstance(user, User) else None


def of_user(user: User, sitting: str = "") -> Actor:
    return Actor(
        id=f"user:{user.pk}",
        name=user.name,
        role=Role(user.role),
        organisation=user.organisation_id,
        organisation_name=user.organisation.name if user.organisation else "",
        sitting=f"user:{user.pk}:{sitting}",
        groups=frozenset(user.groups),
        user=user.pk,
    )
