from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "dateline.intake"
    label = "intake"
