"""A timer for wall time: it fires at an instant, and at once when somebody sets the clock.

Linux timerfd (timerfd_create(2)) with TFD_TIMER_ABSTIME and TFD_TIMER_CANCEL_ON_SET, by ctypes:
Python 3.11 has no call for it.
"""

import contextlib
import ctypes
import os
from datetime import datetime

_CLOCK_REALTIME = 0
_NONBLOCK, _CLOEXEC = 0o4000, 0o2000000
_ABSTIME, _CANCEL_ON_SET = 1, 2


class _TimeSpec(ctypes.Structure):
    _fields_ = (("tv_sec", ctypes.c_long), ("tv_nsec", ctypes.c_long))


class _TimerSpec(ctypes.Structure):
    _fields_ = (("it_interval", _TimeSpec), ("it_value", _TimeSpec))


_libc = ctypes.CDLL(None, use_errno=True)


class WallTimer:
    """A file descriptor that becomes readable at the instant it is set for."""

    def __init__(self) -> None:
        self.fd: int = _libc.timerfd_create(_CLOCK_REALTIME, _NONBLOCK | _CLOEXEC)
        if self.fd < 0:
            raise OSError(ctypes.get_errno(), "timerfd_create")

    def fileno(self) -> int:
        return self.fd

    def set(self, at: datetime | None) -> None:
        """Fire at `at`, at once if that is past; None disarms."""
        nanoseconds = round(at.timestamp() * 1_000_000) * 1000 if at else 0
        value = _TimeSpec(*divmod(max(nanoseconds, 1 if at else 0), 1_000_000_000))
        spec = _TimerSpec(_TimeSpec(0, 0), value)
        if _libc.timerfd_settime(self.fd, _ABSTIME | _CANCEL_ON_SET, ctypes.byref(spec), None):
            raise OSError(ctypes.get_errno(), "timerfd_settime")

    def clear(self) -> None:
        """Take the wake-up. A clock that was set reads as ECANCELED, and means: look again."""
        with contextlib.suppress(OSError):
            os.read(self.fd, 8)

    def close(self) -> None:
        os.close(self.fd)
