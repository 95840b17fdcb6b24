from django.apps import AppConfig


class RoutingConfig(AppConfig):
    name = "dateline.routing"
    label = "routing"
