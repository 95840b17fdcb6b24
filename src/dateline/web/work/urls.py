"""The addresses of the working pages."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from dateline.web.work import account, desk, endpoint, home, own_data, preview, reporting, subscription, writing

urlpatterns = [
    path("sign-in", account.SignIn.as_view()),
    path("sign-out", LogoutView.as_view()),
    path("work", home.home),
    path("work/new", writing.new),
    path("work/preview", preview.preview),
    path("work/account", account.account),
    path("work/r/<str:key>", writing.release),
    path("work/desk/<str:key>", desk.desk),
    path("work/desk/<str:key>/original", desk.original),
    path("work/report/<str:key>", reporting.page),
    path("work/subscription", subscription.subscription),
    path("work/subscription/browser", subscription.this_browser),
    path("work/subscription/endpoint/<str:key>", endpoint.endpoint),
    path("work/subscription/preview", subscription.previewed),
    path("work/subscription/export", own_data.export),
    path("work/subscription/forget", own_data.forget),
]
