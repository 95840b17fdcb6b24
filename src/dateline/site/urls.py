"""The addresses of the two doors."""

from django.urls import include, path

from dateline.api.urls import api

urlpatterns = [
    path("api/v1/", api.urls),
    path("", include("dateline.web.urls")),
]
