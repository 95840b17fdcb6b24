"""Placeholder."""

from dateline.words.languages.language import neutral

LANGUAGE = neutral("ru")
