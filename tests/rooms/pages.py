"""Asking for public pages, and reading an HTML answer by the few CSS selectors that the tests of pages use."""

import re
from dataclasses import replace
from typing import Any

from lxml import html

from dateline.intake.models import FiledVersion
from dateline.words import sectors
from tests.rooms.stories import STORY

BROWSER = {"accept": "text/html"}
# A sector that lies within others.
NARROW = next(code for code in sectors.own_codes() if sectors.ancestors(code))
SECTORED = replace(STORY, sectors=("medtop:04000000",), tickers=("XPAR:TIDE",), slugline="Tidewell-plant")
_STEP = re.compile(r"(?P<tag>[a-z0-9]+)?(?P<rest>(?:\.[\w-]+|\[[^\]]+\])*)$")
_PART = re.compile(r"\.(?P<name>[\w-]+)|\[(?P<key>[\w:-]+)(?:=\"?(?P<value>[^\]\"]*)\"?)?\]")


def key(filed: FiledVersion) -> str:
    """The random part of its guid: what its addresses are made of."""
    return str(filed.release_id)


def tree(answer: Any) -> html.HtmlElement:
    """The document of a response."""
    return html.document_fromstring(answer.content.decode())


def select(page: html.HtmlElement, css: str) -> list[html.HtmlElement]:
    """What fits `tag.class[key=value] tag, tag`: tags, classes, attributes, descendants and alternatives; no more."""
    paths = [".//" + "//".join(_step(step) for step in each.split()) for each in css.split(",")]
    found: list[html.HtmlElement] = page.xpath(" | ".join(paths))
    return found


def texts(page: html.HtmlElement, css: str) -> list[str]:
    """The text of each, its spaces made one."""
    return [" ".join(each.text_content().split()) for each in select(page, css)]


def _step(step: str) -> str:
    known = _STEP.match(step)
    assert known, f"{step} is more than these tests' selectors can say"
    path = known["tag"] or "*"
    for part in _PART.finditer(known["rest"]):
        if part["name"]:
            path += f"[contains(concat(' ', normalize-space(@class), ' '), ' {part['name']} ')]"
        else:
            path += f"[@{part['key']}]" if part["value"] is None else f"[@{part['key']}='{part['value']}']"
    return path
