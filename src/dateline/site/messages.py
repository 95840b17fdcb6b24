"""The pages' texts: `python -m dateline.site.messages` compiles each .po that is newer than its .mo.

`python -m dateline.site.messages update` first brings each .po in line with the texts that the code and
the templates have now. The .po files are kept, what is made from them is not.
"""

import io
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

from dateline.words.languages import FIFTEEN

LOCALE = Path(__file__).parent / "locale"
SOURCE = Path(__file__).parents[1]
# A date in the files would change with every update, and say nothing.
_NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)
_KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "Told": None,
}


def compile_all() -> int:
    """Compile what is newer; returns how many were."""
    count = 0
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/django.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalog = read_po(file)
        # Another process may compile or read it at the same time: a file is there whole, or not at all.
        fresh = target.with_suffix(f".{os.getpid()}")
        with fresh.open("wb") as file:
            write_mo(file, catalog)
        fresh.replace(target)
        count += 1
    return count


def update_all() -> None:
    """Each language's file gets what is new, without a translation, and loses what is gone. None is guessed."""
    template = texts()
    for tag in FIFTEEN:
        path = po_file(tag)
        catalog = read(tag)
        catalog.update(template, no_fuzzy_matching=True, keep_user_comments=True)
        catalog.obsolete.clear()
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalog, width=110, sort_output=True, include_lineno=False)


def po_file(tag: str) -> Path:
    """Where a language's texts are: Django writes zh-Hans as zh_Hans."""
    return LOCALE / to_locale(tag.lower()) / "LC_MESSAGES" / "django.po"


def read(tag: str) -> Catalog:
    """A language's texts as they stand, or none."""
    path = po_file(tag)
    if not path.exists():
        return Catalog(locale=tag.replace("-", "_"), domain="django")
    with path.open("rb") as file:
        return read_po(file, domain="django")


def texts() -> Catalog:
    """What the code and the templates have to say, as a catalog without translations."""
    catalog = Catalog(domain="django", project="Dateline", msgid_bugs_address="-", creation_date=_NO_DATE)
    for path, code in _sources():
        found = extract("python", io.BytesIO(code.encode()), keywords=_KEYWORDS)
        for _line, message, _comments, context in found:
            catalog.add(message, locations=[(path, 0)], context=context)
    return catalog


def _sources() -> Iterator[tuple[str, str]]:
    """Each Python file, and each template as Python: Django turns its tags into calls, and the rest into X."""
    for path in sorted(SOURCE.rglob("*.py")):
        yield str(path.relative_to(SOURCE)), path.read_text(encoding="utf-8")
    for folder in sorted(SOURCE.rglob("templates")):
        for path in sorted(each for each in folder.rglob("*") if each.suffix in {".html", ".txt"}):
            called = templatize(path.read_text(encoding="utf-8"), origin=str(path))
            # Python's tokens know indentation, which means nothing in a template.
            yield str(path.relative_to(SOURCE)), "\n".join(line.strip() for line in called.splitlines())


if __name__ == "__main__":
    if sys.argv[1:] == ["update"]:
        update_all()
    compile_all()
