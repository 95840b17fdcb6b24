"""What the OpenAPI document says beyond what ninja reads from the types: our own JSON, and refusals."""

from functools import singledispatch
from typing import Any

from dateline.intake.readers.own_json import VERSION
from dateline.intake.readers.shape import Block, Choice, Flag, Line, Many, Maybe, Shape, Thing, Whole

Schema = dict[str, Any]

PROBLEM: Schema = {
    "type": "object",
    "description": "RFC 9457; `errors` says what is wrong, where, and how to mend it.",
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        **{name: {"type": "string"} for name in ("type", "title", "detail")},
        "status": {"type": "integer"},
        "release": {"type": "string", "description": "Under this id what was filed is kept."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {name: {"type": "string"} for name in ("code", "what", "where", "mend")},
            },
        },
    },
}
REFUSED: Schema = {
    "description": "Refused",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


@singledispatch
def schema_of(shape: Shape) -> Schema:
    """A shape of our own JSON as JSON Schema."""
    raise TypeError(f"{type(shape).__name__} has no JSON Schema")


@schema_of.register
def _text(shape: Line | Block) -> Schema:
    return {"type": "string", "maxLength": shape.limit}


@schema_of.register
def _flag(shape: Flag) -> Schema:
    return {"type": "boolean"}


@schema_of.register
def _whole(shape: Whole) -> Schema:
    return {"type": "integer", "minimum": shape.low, "maximum": shape.high}


@schema_of.register
def _choice(shape: Choice) -> Schema:
    return {"type": "string", "enum": [str(option) for option in shape.options]}


@schema_of.register
def _maybe(shape: Maybe) -> Schema:
    return {"anyOf": [schema_of(shape.inner), {"type": "null"}]}


@schema_of.register
def _many(shape: Many) -> Schema:
    return {"type": "array", "items": schema_of(shape.inner), "maxItems": shape.limit}


@schema_of.register
def _thing(shape: Thing) -> Schema:
    members = {name: schema_of(member) for name, member in shape.members.items()}
    return {"type": "object", "properties": members, "required": list(shape.needed), "additionalProperties": False}


_TEXT: Schema = {"schema": {"type": "string"}}
ANY_FORMAT: Schema = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": schema_of(VERSION)},
            **dict.fromkeys(("text/markdown", "application/xml", "text/plain"), _TEXT),
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"file": {"type": "string", "format": "binary"}},
                    "required": ["file"],
                }
            },
        },
    }
}
IDEMPOTENT: Schema = {
    "parameters": [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "description": "The same request with the same key is one filing, and gets the same answer again.",
            "schema": {"type": "string", "maxLength": 200},
        }
    ]
}


def complete(document: Schema) -> Schema:
    """Ninja's document, in which each operation may also be refused."""
    document["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    for acts in document["paths"].values():
        for operation in acts.values():
            operation["responses"]["default"] = REFUSED
    return document
