"""The JSON bodies of requests: read strictly, for what is not understood may be what mattered."""

import json
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja import Schema
from ninja.parser import Parser
from pydantic import ConfigDict

from dateline.intake.readers import characters
from dateline.intake.readers.checks import texts
from dateline.words.errors import BadInput, Fault


class Strict(Schema):
    """A body with these members and no others: a misspelt embargo must not read as none."""

    model_config = ConfigDict(extra="forbid")


class Bodies(Parser):
    """Reads UTF-8 JSON, and refuses texts that no database, XML or page could carry."""

    def parse_body(self, request: HttpRequest) -> Any:
        try:
            document = json.loads(request.body.decode("utf-8"), parse_constant=_no_number)
        except json.JSONDecodeError as trouble:
            where = f"line {trouble.lineno}, column {trouble.colno}"
            raise _broken(f"The JSON is broken: {trouble.msg}.", where) from None
        except UnicodeDecodeError as trouble:
            raise _broken("The body is not UTF-8.", f"byte {trouble.start + 1}") from None
        except (RecursionError, ValueError):
            raise _broken("The JSON nests too deep, or has a number too long to read.", "") from None
        for where, text in texts(document):
            characters.check(text, where)
        return document


def _no_number(text: str) -> NoReturn:
    raise _broken(f"{text} is no number in JSON.", "")


def _broken(what: str, where: str) -> BadInput:
    return BadInput([Fault("broken-json", what, where, "Send JSON (RFC 8259).")])
