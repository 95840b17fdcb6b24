"""The addresses of the working pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
