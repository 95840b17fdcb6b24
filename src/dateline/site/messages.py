"""The pages' texts: `python -m dateline.site.messages` compiles each .po that is newer than its .mo."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).parent / "locale"


def compile_all() -> int:
    """Compile what is newer; returns how many were."""
    count = 0
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/django.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalog = read_po(file)
        with target.open("wb") as file:
            write_mo(file, catalog)
        count += 1
    return count


if __name__ == "__main__":
    compile_all()
