"""Whom a newsroom may call: taken apart from the lines that a release prints them in."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from dateline.words.release import Contact

_WHOSE = r"(?:media|press|investors?|company|corporate|analysts?|general|public|sales|agency|pr|and)"
_WHAT = r"(?:contacts?|enquir(?:y|ies)|inquir(?:y|ies)|relations)"
# What stands over the contacts, alone on its line or before a colon, in the languages of the wires.
_HEADINGS = (
    r"for (?:further|more|additional) (?:information|details)\b[^:]{0,60}\bcontact\b[^:]{0,20}",
    rf"(?:{_WHOSE}\W{{1,3}}){{0,4}}{_WHAT}(?: ?(?:information|details|\(only\)|for \w{{1,20}})){{0,2}}",
    r"(?:media|investors?|press)",
    r"pour (?:en savoir plus|(?:de )?plus (?:de |d[’'])\w+|tout renseignement)[^:]{0,60}",
    r"(?:contacts?|relations) (?:presse|médias?|investisseurs)",
    r"(?:presse|medien|investoren|ihr )?kontakte?|(?:ihr )?ansprechpartner(?:in)?|rückfragen[^:]{0,40}",
    r"contactos?(?: (?:de prensa|para medios))?|contatos?(?: (?:de imprensa|para a imprensa))?|contatti",
    r"контакты?[^:]{0,30}|kontak[^:]{0,30}|hubungi[^:]{0,30}|liên hệ[^:]{0,30}|ติดต่อ[^:]{0,30}|للاتصال|جهة الاتصال",
    r"お問い合わせ先?|連絡先|문의처?|연락처|联系(?:人|方式)?|聯絡(?:人|方式)?|媒体联系人?|媒體聯絡人?",
)
HEADING = re.compile(rf"\s*({'|'.join(_HEADINGS)})\s*(?:[:：]\s*|$)", re.IGNORECASE)
_EMAIL = re.compile(r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9.\-]{1,190}\.[A-Za-z]{2,24}")
_PHONE = re.compile(r"(?<![\w.@/])\+?\(?\d[\d\s().\-/]{5,20}\d(?:\s*(?:ext|x|poste)\.?\s*\d{1,6})?")
_URL = re.compile(r"(?:https?://|www\.)[^\s<>()]{3,200}")
_LABEL = re.compile(
    r"\(?\b(?:p|e|t|m|f|w|tel|tél|telefon|telephone|phone|mobile|cell|fax|e-?mail|courriel|correo|web(?:site)?)\b\)?"
    r"\s*[.:：]*\s*$",
    re.IGNORECASE,
)
_OR = {"or", "and", "und", "oder", "ou", "et", "y", "o", "e", "или", "/", "-"}
_FIRM = re.compile(
    r"\b(?:inc|ltd|limited|llc|llp|corp|corporation|group|gmbh|ag|se|plc|co|company|holdings?|partners|foundation|"
    r"university|team|s\.a|s\.p\.a|b\.v|n\.v|k\.k|sdn bhd|tbk)\b\.?",
    re.IGNORECASE,
)
_PROSE = re.compile(r"\b(?:please|contact|visit|call|write to|enquir|inquir|veuillez|bitte)", re.IGNORECASE)
_BULLET = re.compile(r"\(?[A-Za-z]\)\s*")
_AFTER_NAME = {"cfa", "mba", "phd", "md", "cpa", "jr", "sr", "esq", "ll.m"}
_TRIM = " \t,;:|–—·•"


def has_address(text: str) -> bool:
    """Whether somebody can be reached by what stands there: an e-mail address or a telephone number."""
    return bool(_EMAIL.search(text) or _numbers(text))


def contacts(groups: Iterable[Sequence[str]], issuer: str = "") -> tuple[Contact, ...]:
    """One contact from each group of lines; more where an `or` stands between them.

    Lines that are neither name, role, organisation nor address stay in `text`.
    """
    found: list[Contact] = []
    for group in groups:
        for lines in _divided(group):
            contact = _contact(lines, issuer)
            if found and not (contact.name or contact.organisation or contact.role):
                found[-1] = _joined(found[-1], contact)
            elif contact != Contact():
                found.append(contact)
    return tuple(found)


def _divided(group: Sequence[str]) -> list[list[str]]:
    """The lines, parted at `or`, and at a heading that follows somebody's address."""
    parts: list[list[str]] = [[]]
    for line in (each.strip() for each in group):
        if line.casefold() in _OR:
            parts.append([])
        elif HEADING.match(line) and has_address("\n".join(parts[-1])):
            parts.append([line])
        elif line:
            parts[-1].append(line)
    return [part for part in parts if part]


def _contact(lines: Sequence[str], issuer: str) -> Contact:
    reading = _Lines(issuer)
    for line in lines:
        reading.take(line)
    return reading.contact()


class _Lines:
    """The lines of one contact, each put where it belongs."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer.casefold()
        self.kind = ""
        self.emails: list[str] = []
        self.phones: list[str] = []
        self.urls: list[str] = []
        self.words: list[str] = []
        self.name = ""
        self.rest: list[str] = []

    def take(self, line: str) -> None:
        heading = HEADING.match(line)
        if heading:
            self.kind = self.kind or _kind(heading[1])
            line = line[heading.end() :]
        self.emails += _EMAIL.findall(line)
        bare = _EMAIL.sub("", line)
        self.urls += [url.rstrip(".,;") for url in _URL.findall(bare)]
        bare = _URL.sub("", bare)
        before = bare
        for number in _numbers(bare):
            label = _BULLET.sub("", _LABEL.sub("", before[: before.find(number)])).strip("() ")
            self.phones.append(f"{label} {number}" if label.endswith(":") else number)
            bare = bare.replace(number, "") if not label.endswith(":") else ""
        self._take_words(_unlabelled(bare), mixed=bare != line)

    def _take_words(self, words: str, *, mixed: bool) -> None:
        if not words:
            return
        if _PROSE.search(words) or (len(words.split()) > 6 and not _FIRM.search(words)):
            self.rest.append(words)
        elif mixed and not self.name and not self._is_firm(words):
            # `Lauren Mauro, 512-300-3066`: who shares a line with a number is a person, and what stood before, a firm.
            self.name = words
        else:
            self.words.append(words)

    def _is_firm(self, words: str) -> bool:
        return bool(_FIRM.search(words)) or (len(words) > 3 and self.issuer.startswith(words.casefold()))

    def contact(self) -> Contact:
        firms = [each for each in self.words if self._is_firm(each)]
        others = [each for each in self.words if each not in firms and not any(map(str.isdigit, each))]
        rest = [each for each in self.words if each not in firms and each not in others]
        if self.name and others and not firms:
            firms = [others.pop(0)]
        name = self.name or (others.pop(0) if others else "")
        name, role = _name_and_role(name)
        if others:
            role = role or others.pop(0)
        if others and not firms:
            firms = [others.pop(0)]
        if role and self.kind:
            rest.insert(0, self.kind)
        return Contact(
            name=name,
            organisation=firms[0] if firms else "",
            role=role or self.kind,
            email=self.emails[0] if self.emails else "",
            phone=" / ".join(dict.fromkeys(self.phones)),
            url=self.urls[0] if self.urls else "",
            text="\n".join([*rest, *others, *firms[1:], *self.rest, *dict.fromkeys(self.emails[1:])]),
        )


def _numbers(text: str) -> list[str]:
    found = [match[0].strip(" -/.") for match in _PHONE.finditer(text)]
    return [number for number in found if 7 <= sum(map(str.isdigit, number)) <= 20]


def _unlabelled(text: str) -> str:
    """What is left of a line without its numbers and the labels that stood before them."""
    text = text.strip(_TRIM)
    while (shorter := _LABEL.sub("", text).strip(_TRIM)) != text:
        text = shorter
    return "" if not any(map(str.isalpha, text)) else text


def _kind(heading: str) -> str:
    """`Investor Relations` says what somebody is there for; `Contact:` does not."""
    bare = heading.replace("(only)", "").strip(_TRIM)
    says = re.match(r"(media|press|investors?|analysts?|relations|presse|medien|investoren)", bare, re.IGNORECASE)
    return bare if says else ""


def _name_and_role(text: str) -> tuple[str, str]:
    """`Gerald Su, COO` is a name and a role; `Eric Van Enk, CFA` is a name."""
    name, comma, role = text.partition(",")
    if not comma or role.strip(" .").casefold() in _AFTER_NAME:
        return text, ""
    return name.strip(), role.strip()


def _joined(one: Contact, more: Contact) -> Contact:
    """The first, with what the second adds to it."""
    return replace(
        one,
        email=one.email or more.email,
        phone=" / ".join(filter(None, dict.fromkeys([one.phone, more.phone]))),
        url=one.url or more.url,
        text="\n".join(filter(None, [one.text, more.text, more.email if one.email else ""])),
    )
