"""The API: its routers, and what an error looks like (RFC 9457)."""

import secrets
from typing import Any

import structlog
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from dateline.api import delivery, document, people, releases, reports, rules, subscriptions, tickets, webhooks, wire
from dateline.api.auth import Bearer
from dateline.api.parsing import Bodies
from dateline.api.replies import reply
from dateline.words.errors import BadInput, Fault, NotFound, Refused, Unauthorised

log = structlog.get_logger("dateline.api")


class Api(NinjaAPI):
    """Ninja's API, whose document tells of refusals too."""

    def get_openapi_schema(self, **asked: Any) -> OpenAPISchema:
        found = super().get_openapi_schema(**asked)
        document.complete(found)
        return found


api = Api(title="Dateline", version="1", auth=Bearer(), urls_namespace="api", parser=Bodies())
for subject in (releases, wire, people, tickets, reports, subscriptions, rules, delivery, webhooks):
    api.add_router("", subject.router)


def problem(refused: Refused, status: int | None = None) -> HttpResponse:
    """A refusal as problem JSON."""
    code = status or refused.status
    answer = reply(code, {**refused.as_problem(), "status": code})
    if code == 401:
        answer["WWW-Authenticate"] = 'Bearer realm="dateline"'
    return answer


@api.exception_handler(Refused)
def refused(request: HttpRequest, exception: Refused) -> HttpResponse:
    return problem(exception)


@api.exception_handler(AuthenticationError)
def unauthorised(request: HttpRequest, exception: AuthenticationError) -> HttpResponse:
    return problem(Unauthorised("This needs a token: Authorization: Bearer dl_…"))


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, exception: ValidationError) -> HttpResponse:
    """What does not fit the OpenAPI document: each fault with its place."""
    faults = [
        Fault(
            str(each["type"]),
            str(each["msg"]),
            "/" + "/".join(str(step) for step in each["loc"]),
            "See the API's documentation.",
        )
        for each in exception.errors
    ]
    return problem(BadInput(faults))


@api.exception_handler(Http404)
def missing(request: HttpRequest, exception: Http404) -> HttpResponse:
    return problem(NotFound("There is nothing at this address."))


@api.exception_handler(HttpError)
def http_error(request: HttpRequest, exception: HttpError) -> HttpResponse:
    """Ninja says of every body that it could not be parsed; what our parser refused it for is behind that."""
    if isinstance(exception.__cause__, Refused):
        return problem(exception.__cause__)
    return problem(BadInput(str(exception)), exception.status_code)


@api.exception_handler(Exception)
def unforeseen(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Our own fault. The asker gets a number to quote; what went wrong is in the log, without any of its values."""
    number = secrets.token_hex(4)
    trace = exception.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
    log.error("unforeseen", number=number, kind=type(exception).__name__, where=where)
    return problem(
        Refused(f"Something broke here; it is noted as {number}. Try again.", title="The wire has a fault."), 500
    )
