"""The addresses of the working pages."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from dateline.web.work import (
    account,
    adding,
    desk,
    endpoint,
    home,
    operator,
    own_data,
    preview,
    reporting,
    sender,
    subscription,
    writing,
)

urlpatterns = [
    path("sign-in", account.SignIn.as_view()),
    path("sign-out", LogoutView.as_view()),
    path("work", home.home),
    path("work/new", writing.new),
    path("work/preview", preview.preview),
    path("work/account", account.account),
    path("work/operator", operator.page),
    path("work/operator/now", operator.now),
    path("work/operator/sender", sender.page),
    path("work/r/<str:key>", writing.release),
    path("work/desk/<str:key>", desk.desk),
    path("work/desk/<str:key>/original", desk.original),
    path("work/report/<str:key>", reporting.page),
    path("work/subscription", subscription.subscription),
    path("work/subscription/add/<str:channel>", adding.adding),
    path("work/subscription/browser", subscription.this_browser),
    path("work/subscription/endpoint/<str:key>", endpoint.endpoint),
    path("work/subscription/preview", subscription.previewed),
    path("work/subscription/export", own_data.export),
    path("work/subscription/forget", own_data.forget),
]
