"""Who this process is, and whether another one is still alive, as far as this host can tell."""

from __future__ import annotations

import getpass
import json
import os
import socket
from functools import cache
from pathlib import Path

PROC = Path("/proc")


def owner() -> str:
    """This process, for people."""
    return f"{_user()}@{socket.gethostname()} pid {os.getpid()}"


def process() -> str:
    """This process, for ``dead``: host and boot, pid namespace, pid, start time."""
    return json.dumps([_host(), os.getpid(), _started(os.getpid())])


def dead(written: str) -> bool:
    """Whether the process that wrote ``process()`` is known to be gone.

    False for one on another host, in another container, or of another boot of a host of the same
    name: only the clock can tell about those.
    """
    try:
        host, pid, started = json.loads(written)
    except ValueError:
        return False
    if host != _host() or not isinstance(pid, int):
        return False
    if not _runs(pid):
        return True
    return started is not None and _started(pid) != started


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return _state(pid) != "Z"  # a killed child that nobody has waited for holds nothing


def _host() -> str:
    return f"{socket.gethostname()}|{_boot()}|{_namespace()}"


@cache
def _boot() -> str:
    try:
        return (PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _namespace() -> str:
    try:
        return str((PROC / "self/ns/pid").readlink())
    except OSError:
        return ""


def _stat(pid: int) -> list[str]:
    """The fields of the process after its name, which may hold anything; [] where unknown."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _state(pid: int) -> str | None:
    return next(iter(_stat(pid)), None)


def _started(pid: int) -> str | None:
    """When the process began, in ticks since boot: a pid alone may have been given again."""
    fields = _stat(pid)
    return fields[19] if len(fields) > 19 else None


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
