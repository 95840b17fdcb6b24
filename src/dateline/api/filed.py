"""What a request brings to be filed: the body itself, or the one file of a form."""

import hashlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.utils.http import parse_header_parameters

from dateline.words.errors import BadInput, Fault

_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Upload:
    """The bytes, and what their sender calls them."""

    data: bytes
    name: str
    media_type: str

    def digest(self, address: str) -> bytes:
        """What makes two requests one: the same file to the same address. A form's boundary is new each time."""
        head = f"{address}\n{self.name}\n{self.media_type}\n".encode(errors="replace")
        return hashlib.sha256(head + self.data).digest()


def upload(request: HttpRequest, name: str = "") -> Upload:
    """The file of a request; named by `name`, by Content-Disposition (RFC 6266) or by its form. BadInput if there
    is not exactly one, or if the connection broke before its end: half a release reads like a whole one.
    """
    kind = request.headers.get("Content-Type", "")
    data = _whole(request)
    if kind.lower().startswith("multipart/form-data"):
        return _of_form(request, data, name)
    return Upload(data, _last(name or _disposed(request)), kind)


def _whole(request: HttpRequest) -> bytes:
    promised = int(request.headers.get("Content-Length") or 0)
    try:
        data = request.body
    except UnreadablePostError:
        data = None
    if data is None or len(data) != promised:
        raise _refused("cut-short", "The body ended before its Content-Length.", "Send it again.")
    return data


def _of_form(request: HttpRequest, data: bytes, name: str) -> Upload:
    try:
        # Django reads a form by itself for POST alone.
        _, files = request.parse_file_upload(request.META, BytesIO(data))
    except (MultiPartParserError, SuspiciousOperation) as broken:
        raise _refused("broken-form", f"The form cannot be read: {broken}", "Send one file in it.") from None
    found = [each for field in files for each in files.getlist(field)]
    if len(found) != 1:
        raise _refused("not-one-file", f"The form has {len(found)} files.", "Send one file in each request.")
    return Upload(found[0].read(), _last(name or found[0].name or ""), found[0].content_type or "")


def _disposed(request: HttpRequest) -> str:
    try:
        _, parameters = parse_header_parameters(request.headers.get("Content-Disposition", "")[:1000])
    except ValueError:
        return ""
    return str(parameters.get("filename", ""))


def _last(name: str) -> str:
    """The file's own name, without the folders before it: they tell of the sender's disk."""
    return PurePosixPath(name.replace("\\", "/")).name[-_LONGEST_NAME:]


def _refused(code: str, what: str, mend: str) -> BadInput:
    return BadInput([Fault(code, what, "", mend)])
