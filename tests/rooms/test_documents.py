"""Docs that can fail: every command and every route is told of, and nothing that is not there."""

import re
from importlib import import_module
from pathlib import Path

import click

from dateline.api.urls import api
from dateline.cli import COMMANDS

DOCS = Path(__file__).parents[2] / "docs"


def test_every_command_is_told_of() -> None:
    there = set()
    for name in COMMANDS:
        command = import_module(f"dateline.cli.{name}").command
        there.add(name)
        if isinstance(command, click.Group):
            there |= {f"{name} {each}" for each in command.commands}
    assert set(re.findall(r"^\| `dateline ([a-z ]+)`", (DOCS / "commands.md").read_text(), re.MULTILINE)) == there


def test_every_route_is_told_of() -> None:
    paths = api.get_openapi_schema()["paths"]
    there = {f"{method.upper()} {path.removeprefix('/api/v1')}" for path, acts in paths.items() for method in acts}
    assert set(re.findall(r"^\| `([A-Z]+ /\S+)`", (DOCS / "api.md").read_text(), re.MULTILINE)) == there
