from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "dateline.vault"
    label = "vault"
