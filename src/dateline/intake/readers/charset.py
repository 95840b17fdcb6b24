"""Bytes into text: which charset they are really in, and where they do not keep to it."""

import codecs
import re

from dateline.words.errors import BadInput, Fault, TooLarge
from dateline.words.release import FILING_LIMIT as LIMIT

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DECLARED = re.compile(rb"\s{0,64}<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
_PARAMETER = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
# The charsets that text is really filed in. Python's other codecs (`idna`, `unicode_escape`, `utf-7`)
# would read one thing as another.
_KNOWN = frozenset(
    codecs.lookup(name).name
    for name in (
        *("utf-8", "utf-16", "utf-16-le", "utf-16-be", "ascii", "koi8-r", "koi8-u", "tis-620", "cp874"),
        *(f"iso8859-{part}" for part in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16)),
        *(f"cp{page}" for page in range(1250, 1259)),
        *("shift_jis", "cp932", "euc_jp", "iso2022_jp", "euc_kr", "cp949", "gb2312", "gbk", "gb18030"),
        *("big5", "cp950", "big5hkscs"),
    )
)
# WHATWG Encoding, section 4.2: whoever says ISO 8859-1 means windows-1252.
_MEANT = {"iso8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949", "utf-16": "utf-16-le"}
_NOT_TEXT = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a Word document or a zip archive"),
    (b"\xd0\xcf\x11\xe0", "a Word file"),
)


def text_of(data: bytes, media_type: str = "") -> str:
    """The text, without its byte order mark. TooLarge, or BadInput for what is no text in the charset it names."""
    if len(data) > LIMIT:
        what = f"The file has {len(data):,} bytes; a release may have {LIMIT:,}."
        raise TooLarge([Fault("too-large", what, "", "File the text alone, and pictures apart.")])
    if not data.strip(b" \t\r\n\x00"):
        raise BadInput([Fault("empty", "The file is empty.", "", "File one that has a headline and a text.")])
    for mark, kind in _NOT_TEXT:
        if data.startswith(mark):
            mend = "File JSON, Markdown, NewsML-G2, NewsML 1.2 or plain text."
            raise BadInput([Fault("not-text", f"This is {kind}, which we do not read.", "", mend)])
    return _decoded(data, media_type)


def place(text: str, at: int) -> str:
    """`line 3, column 7`: where the character at that offset stands."""
    before = text[:at]
    return f"line {before.count(chr(10)) + 1}, column {at - before.rfind(chr(10))}"


def _decoded(data: bytes, media_type: str) -> str:
    declared = _declared(data, media_type)
    for mark, charset in _MARKS:
        if data.startswith(mark):
            return _decode(data[len(mark) :], charset, f"a byte order mark of {charset}")
    if not declared:
        return _decode(data, "utf-8", "")
    codec = _codec(declared)
    if codec.startswith("utf-16") and data[:2].strip(b"\x00").isascii() and b"\x00" not in data[:4]:
        what = f"The file says that it is {declared}, but is written in bytes of eight bits."
        raise BadInput([Fault("charset", what, "line 1", "Name the charset that it is really in.")])
    return _decode(data, codec, declared)


def _declared(data: bytes, media_type: str) -> str:
    """The charset that the file itself names, or else its media type does. Empty if neither."""
    found = _DECLARED.match(data)
    if found:
        return found[1].decode("ascii")
    parameter = _PARAMETER.search(media_type)
    return parameter[1] if parameter else ""


def _codec(name: str) -> str:
    try:
        codec = codecs.lookup(name).name
    except (LookupError, ValueError):
        codec = ""
    if codec not in _KNOWN:
        what = f"{name!r} is not a charset that we read."
        raise BadInput([Fault("charset", what, "line 1", "Save the file as UTF-8.")])
    return _MEANT.get(codec, codec)


def _decode(data: bytes, charset: str, declared: str) -> str:
    try:
        return data.decode(charset)
    except UnicodeDecodeError as trouble:
        before = data[: trouble.start].decode(charset, "replace")
        byte = f"0x{data[trouble.start]:02X}"
        says = f"names {declared}" if declared else "names no charset, so it must be UTF-8"
        what = f"The file {says}, but the byte {byte} does not fit."
        mend = "Save it as UTF-8, or name the charset that it is really in (it may be windows-1252)."
        raise BadInput([Fault("charset", what, place(before, len(before)), mend)]) from None
