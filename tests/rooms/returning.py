"""What comes back of a mail, as other servers write it, and how it is handed to the wire."""

import smtplib
import socket

from dateline.delivery import links
from dateline.vault import keys

GONE = "gone@gazette.example"


def tag(name: str, seq: int = 1) -> str:
    """The return address of an endpoint's entry, or of a letter and `links.NO_ENTRY`."""
    return f"wire+{links.bounce(keys.named(links.BOUNCE), name, seq)}@wire.example"


def forged(address: str) -> str:
    """As a return address of ours, but for one digit of what only the wire can make."""
    local, _, host = address.partition("@")
    return f"{local[:-1]}{'1' if local.endswith('0') else '0'}@{host}"


def report(status: str, action: str = "failed") -> bytes:
    return returned(
        "delivery-status",
        f"Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; {GONE}\nAction: {action}\nStatus: {status}\n"
        f"Diagnostic-Code: smtp; {status} as <{GONE}> says\n",
    )


def complaint(sender: str, kind: str = "abuse") -> bytes:
    return returned("feedback-report", f"Feedback-Type: {kind}\nVersion: 1\nOriginal-Mail-From: <{sender}>\n")


def returned(kind: str, fields: str) -> bytes:
    head = f"From: <>\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type={kind}; boundary=b\n\n"
    parts = f"--b\nContent-Type: text/plain\n\nSee below.\n--b\nContent-Type: message/{kind}\n\n{fields}\n--b--\n"
    return (head + parts).encode()


def said(port: int, to: str, content: bytes) -> tuple[int, bytes]:
    """What the inbox answers: to the recipient, or else to the mail."""
    with smtplib.LMTP("127.0.0.1", port) as client:
        client.ehlo_or_helo_if_needed()
        client.mail("")
        code, words = client.rcpt(to)
        return (code, words) if code >= 400 else client.data(content)


def is_open(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
