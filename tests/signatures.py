"""DKIM signatures judged by another implementation: Debian's python3-dkim, in Debian's own Python.

It has no wheel, so it cannot be among the requirements; `make test` installs the package.
"""

import base64
import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache

import pytest

_PYTHON = "/usr/bin/python3"
_JUDGE = """
import base64, json, sys, dkim
asked = json.load(sys.stdin)
def published(name, timeout=5):
    return asked["records"][name.decode().rstrip(".")].encode()
def judged(message, index):
    try:
        return "good" if dkim.DKIM(base64.b64decode(message)).verify(idx=index, dnsfunc=published) else "bad"
    except dkim.DKIMException as wrong:
        return str(wrong)
print(json.dumps([[judged(each, index) for index in range(asked["signatures"])] for each in asked["messages"]]))
"""


@cache
def is_here() -> bool:
    try:
        return subprocess.run([_PYTHON, "-c", "import dkim, nacl"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def judged(messages: Sequence[bytes], records: Mapping[str, str], signatures: int = 2) -> list[list[str]]:
    """For each message what is said of each of its signatures: `good`, `bad`, or what is wrong with it.

    A user who lacks the package sees a skip with the line to type; under CI that is a failure.
    """
    if not is_here():
        reason = "no other DKIM is here: sudo apt-get install python3-dkim python3-nacl"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    asked = {
        "messages": [base64.b64encode(each).decode() for each in messages],
        "records": dict(records),
        "signatures": signatures,
    }
    line = [_PYTHON, "-c", _JUDGE]
    done = subprocess.run(line, input=json.dumps(asked), capture_output=True, text=True, check=True)
    found: list[list[str]] = json.loads(done.stdout)
    return found
