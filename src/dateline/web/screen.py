"""The live screen: the wire as a newsroom or a dealing room keeps it open all day."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dateline.people import accounts, ticket
from dateline.vault import keys
from dateline.web import reading
from dateline.web.newsroom import in_its_language, page
from dateline.web.shown import tongue
from dateline.wire import log
from dateline.words import clock, sectors
from dateline.words.languages import FIFTEEN, language

# So many of the newest entries fill the screen when it is opened.
_FILL = 300


@in_its_language
def screen(request: HttpRequest, lang: str) -> HttpResponse:
    """The page; what it shows comes by the stream."""
    wire, size = settings.DATELINE_WIRE, log.size()
    tags = list(dict.fromkeys((*FIFTEEN, *reading.there(reading.groups(request)))))
    named = sorted(((code, sectors.name(code, lang)) for code in sectors.own_codes()), key=lambda each: each[1])
    setup: dict[str, Any] = {
        "stream": wire.stream_url,
        "after": max(0, size - _FILL),
        "fetch": "/api/v1/wire",
        "ticket": "/screen/ticket" if reading.groups(request) else "",
        "lang": lang,
        "sectors": dict(named),
        "directions": {tag: language(tag).direction for tag in tags},
        "words": _words(),
    }
    context = {
        **page(lang),
        "setup": setup,
        "sectors": named,
        "langs": [(tag, language(tag).name, tag == lang) for tag in tags],
        "tongues": [tongue(tag, f"/{tag}/screen") for tag in tags],
        "urgencies": range(1, 10),
    }
    answer = render(request, "web/screen.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


@require_safe
def screen_ticket(request: HttpRequest) -> HttpResponse:
    """A ticket for whoever is signed in, so that the screen shows what its audience groups may read."""
    actor = accounts.actor(request)
    made = ""
    if actor is not None and actor.groups:
        granted = ticket.new(actor.id, actor.groups, clock.now())
        made = ticket.sign(keys.signing("ticket"), settings.DATELINE_WIRE.origin, granted)
    answer = JsonResponse({"ticket": made})
    answer["Cache-Control"] = "no-store"
    return answer


def _words() -> dict[str, str]:
    """What the script says, in the page's language."""
    return {
        "release": _("Release"),
        "correction": _("Correction"),
        "update": _("Update"),
        "withdrawal": _("Withdrawal"),
        "translation": _("Translation"),
        "advisory": _("Advisory"),
        "test": _("Test"),
        "erasure": _("Text removed"),
        "withdrawn": _("A release was withdrawn"),
        "live": _("Live"),
        "connecting": _("Connecting…"),
        "again": _("Connecting again in {n} s"),
        "offline": _("No network"),
        "paused": _("Paused"),
        "new": _("{n} new"),
        "gap": _("Entries {from} to {to} were missed here."),
        "fetch": _("Fetch them"),
        "late": _("{n} s from release to screen, by this computer's clock"),
        "unread": _("The text cannot be fetched now."),
        "denied": _("Your browser does not allow notices."),
        "pause": _("Pause"),
        "go_on": _("Go on"),
        "nothing": _("Nothing has come yet that your filters let through. What comes appears here by itself."),
        "no_row": _("No line fits the search."),
        "urgency": _("Urgency {n}"),
    }
