"""What a newcomer reads when the wire is up: where to look, and how to sign in."""

import json
import time
import urllib.error
import urllib.request
from pathlib import Path

import click
from django.conf import settings


def say_when_up() -> None:
    """Wait for the first page, a minute at most, then say where things are."""
    address = f"http://127.0.0.1:{settings.DATELINE_PORT}/healthz"
    for _ in range(600):
        try:
            with urllib.request.urlopen(address, timeout=1):
                break
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    click.echo(message())


def message() -> str:
    wire = settings.DATELINE_WIRE
    lines = [
        "",
        f"{wire.name} is up.",
        f"  Newsroom     {wire.base_url}/",
        f"  Desk         {wire.base_url}/work",
        f"  Live stream  curl -N {wire.stream_url}/wire?lang=en",
        f"  API          {wire.base_url}/api/v1/docs",
    ]
    if settings.DATELINE_DEMO:
        lines.append(f"  What arrived http://127.0.0.1:{settings.DATELINE_STREAM_PORT + 25}/ (mail and webhooks)")
    people = [f"  Sign in      {each['email']:<28} {each['password']}   {each['role']}" for each in demo_people()]
    return "\n".join([*lines, *people, "  Ctrl-C stops it.", ""])


def demo_file() -> Path:
    """The demo people's passwords, random for each install; beside the keys, never in the home."""
    return Path(settings.DATELINE_KEY_FILE).with_suffix(".demo")


def demo_people() -> list[dict[str, str]]:
    if not settings.DATELINE_DEMO or not demo_file().exists():
        return []
    people: list[dict[str, str]] = json.loads(demo_file().read_text(encoding="utf-8"))
    return people
