"""Markdown with a front matter in YAML: the way to file a release that was written by hand.

The front matter's values are read as text (no dates, no Norway that is false), then given the types
that our own JSON declares, and checked as it is.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import yaml

from dateline.intake.readers import own_json
from dateline.intake.readers.reading import Draft
from dateline.intake.readers.shape import Flag, Many, Shape, Thing, Whole, unknown
from dateline.intake.readers.tongue import guessed
from dateline.words.errors import BadInput, Fault

_FRONT = re.compile(r"---[ \t]*\n(.*?\n)?(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_TITLE = re.compile(r"\s*#[ \t]+(.+?)[ \t#]*(?:\n|$)")
_FRONT_LIMIT = 65_536
_DEEPEST = 8
_IN_RENDITION = ("lang", "headline", "subhead", "place", "dateline", "boilerplate")
_IN_SOURCE = ("issuer", "principal", "payer")
_IN_VERSION = tuple(name for name in own_json.VERSION.members if name not in {"renditions", "source_language"})
_MEMBERS = dict.fromkeys((*_IN_RENDITION, *_IN_SOURCE, *_IN_VERSION))


def sniff(text: str) -> bool:
    """Whether it begins with a front matter, or with a headline of Markdown."""
    return bool(_FRONT.match(text)) or text.lstrip().startswith("# ")


def read(text: str) -> Draft:
    """The release. BadInput with the line of every fault in the front matter."""
    text = text.replace("\r\n", "\n")
    matter, body = _divided(text)
    lines: dict[str, int] = {}
    document = _document(_values(matter, lines), lines)
    rendition = document["renditions"][0]
    title = _TITLE.match(body)
    if title and not rendition.get("headline"):
        rendition["headline"] = title[1]
    if title and rendition["headline"].strip() == title[1].strip():
        body = body[title.end() :]
    rendition["body_markdown"] = body
    warnings: tuple[Fault, ...] = ()
    if not rendition.get("lang"):
        rendition["lang"], guess = guessed(body)
        warnings = (guess,)
    try:
        draft = own_json.version_of(document)
    except BadInput as refusal:
        raise BadInput(_on_its_line(fault, lines) for fault in refusal.faults) from None
    return replace(draft, warnings=(*warnings, *draft.warnings))


def _divided(text: str) -> tuple[str, str]:
    """The front matter and the body."""
    front = _FRONT.match(text)
    if front is None:
        if text.startswith("---\n"):
            what = "The front matter has no end."
            raise BadInput([Fault("broken-yaml", what, "line 1", "Put a line of three dashes under it.")])
        return "", text
    matter = front[1] or ""
    if len(matter) > _FRONT_LIMIT:
        what = f"The front matter has {len(matter):,} characters; it may have {_FRONT_LIMIT:,}."
        raise BadInput([Fault("too-long", what, "line 1", "Put the text below it.")])
    return matter, text[front.end() :]


def _values(matter: str, lines: dict[str, int]) -> dict[str, Any]:
    """The front matter as texts, lists and objects; `lines` learns on which line of the file each of them stands."""
    try:
        _check_events(matter)
        node = yaml.compose(matter, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as trouble:
        where = _line(trouble.problem_mark or trouble.context_mark)
        what = f"The front matter is broken: {trouble.problem or 'it is no YAML'}."
        raise BadInput([Fault("broken-yaml", what, where, "Put texts with a colon in quotation marks.")]) from None
    except yaml.YAMLError:
        raise BadInput([Fault("broken-yaml", "The front matter is no YAML.", "line 1", "Mend it.")]) from None
    if node is None:
        return {}
    if not isinstance(node, yaml.MappingNode):
        what = "The front matter has no names in it."
        raise BadInput([Fault("broken-yaml", what, "line 2", "Write each as `name: value`.")])
    found: dict[str, Any] = _value(node, "", lines)
    return found


def _check_events(matter: str) -> None:
    """Aliases can make a small text fill a memory, and depth a stack: neither is needed here."""
    depth = 0
    for event in yaml.parse(matter, Loader=yaml.BaseLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        where = _line(event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            raise BadInput([Fault("alias", "The front matter has an alias.", where, "Write the value again.")])
        if depth > _DEEPEST:
            raise BadInput([Fault("too-deep", "The front matter nests too deep.", where, "Nest less.")])


def _line(mark: Any) -> str:
    """Where it is in the file, whose first line is the dashes over the front matter."""
    return f"line {mark.line + 2}" if mark else "line 1"


def _value(node: yaml.Node, where: str, lines: dict[str, int]) -> Any:
    lines[where] = node.start_mark.line + 2
    if isinstance(node, yaml.SequenceNode):
        return [_value(each, f"{where}/{number}", lines) for number, each in enumerate(node.value)]
    if not isinstance(node, yaml.MappingNode):
        return node.value
    found: dict[str, Any] = {}
    for key, each in node.value:
        name = str(key.value) if isinstance(key, yaml.ScalarNode) else ""
        line = key.start_mark.line + 2
        if not name or name in found:
            what = f"The front matter has {name[:60]!r} twice." if name else "The front matter has a name without text."
            raise BadInput([Fault("duplicate-member", what, f"line {line}", "Leave one of them.")])
        found[name] = _value(each, f"{where}/{name}", lines)
        lines[f"{where}/{name}"] = line
    return found


def _document(front: Mapping[str, Any], lines: dict[str, int]) -> dict[str, Any]:
    """Our own JSON from the flat front matter: what belongs to the rendition and to the source goes there."""
    faults = [_on_its_line(unknown(name, _MEMBERS, ""), lines) for name in front if name not in _MEMBERS]
    if faults:
        raise BadInput(faults)
    document: dict[str, Any] = {name: front[name] for name in _IN_VERSION if name in front}
    rendition = {name: front[name] for name in _IN_RENDITION if name in front}
    source = {name: front[name] for name in _IN_SOURCE if name in front}
    for name in rendition:
        lines[f"/renditions/0/{name}"] = lines[f"/{name}"]
    for name in source:
        lines[f"/source/{name}"] = lines[f"/{name}"]
    if source and isinstance(document.get("source", {}), dict):
        document["source"] = {**document.get("source", {}), **source}
    if isinstance(document.get("embargo"), str):
        # `2026-12-01T09:00 Asia/Seoul` on one line.
        at, _, zone = document["embargo"].strip().partition(" ")
        document["embargo"] = {"at": at, "zone": zone.strip()}
    document["renditions"] = [rendition]
    typed: dict[str, Any] = _typed(document, own_json.VERSION)
    return typed


def _typed(value: Any, shape: Shape | None) -> Any:
    """Texts as the types that the shape declares; what does not fit stays, for the shape to refuse."""
    if isinstance(shape, Thing) and isinstance(value, dict):
        return {name: _typed(each, shape.members.get(name)) for name, each in value.items()}
    if isinstance(shape, Many):
        several = value if isinstance(value, list) else [value]
        return [_typed(each, shape.inner) for each in several if each != ""]
    if isinstance(shape, Thing) and isinstance(value, str) and "text" in shape.members:
        return {"text": value}
    if isinstance(shape, Flag):
        return {"true": True, "yes": True, "false": False, "no": False}.get(str(value).lower(), value)
    if isinstance(shape, Whole) and isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    return value


def _on_its_line(fault: Fault, lines: Mapping[str, int]) -> Fault:
    """The fault with the line of the value it is in, where that is known."""
    pointer = fault.where
    while pointer and pointer not in lines:
        pointer = pointer.rpartition("/")[0]
    return replace(fault, where=f"line {lines[pointer]}, {fault.where}") if pointer else fault
