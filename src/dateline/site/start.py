"""Bringing the house up in a process: settings, apps, logs."""

import os

import django

from dateline.site import home, logs, vocabulary


def up() -> None:
    """Load the settings of this home and set up logging. NotConfigured if there is no home."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dateline.site.settings")
    logs.set_up()
    django.setup()
    vocabulary.take_up(home.where())
