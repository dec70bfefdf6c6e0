"""Processes that outlive the worker that started them, and are known by a pid file."""

import fcntl
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import psutil

# What ends the process of this pid.
End = Callable[[int], None]

QUIT_SECONDS = 5.0

# A shell starts the program in the background and writes its pid: even when the worker is killed
# this instant, no server runs without a pid file.
START = 'log=$1 pid=$2; shift 2; "$@" >>"$log" 2>&1 </dev/null & echo $! >"$pid"'


class Account(NamedTuple):
    """Who servers run as. Database servers refuse to run as root, so root lends them `nobody`."""

    uid: int
    gid: int

    def run(self, command: Sequence[str | Path], folder: Path) -> None:
        """Run to the end; raises PermissionError, or RuntimeError with what the program wrote.

        The environment is the same on every machine: no PGDATA, locale or time zone slips in.
        """
        done = subprocess.run(
            [str(part) for part in command],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C", "TZ": "UTC"},
            check=False,
            capture_output=True,
            text=True,
            start_new_session=True,  # Ctrl-C is for the test run, which then ends its servers
            user=self.uid,
            group=self.gid,
            extra_groups=[] if os.getuid() == 0 else None,
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]}: exit code {done.returncode}\n{done.stderr}")

    def own(self, folder: Path) -> None:
        """Make ``folder`` belong to this account."""
        folder.mkdir(parents=True, exist_ok=True)
        if os.getuid() == 0:
            os.chown(folder, self.uid, self.gid)


def unprivileged() -> Account:
    """The present user, or for root the user that owns nothing."""
    if os.getuid() != 0:
        return Account(os.getuid(), os.getgid())
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def start(account: Account, command: Sequence[str | Path], home: Path) -> int:
    """Start a server in the background, its output in ``home/log``; returns its pid."""
    account.run(["sh", "-c", START, "sh", home / "log", home / "pid", *command], home)
    return int((home / "pid").read_text())


def pid(home: Path) -> int | None:
    """The pid of the server of ``home``, if it runs."""
    try:
        number = int((home / "pid").read_text())
    except (FileNotFoundError, ValueError):
        return None
    return number if runs(number) else None


def runs(number: int) -> bool:
    """A zombie does not: in a container there may be nobody to reap it."""
    try:
        return psutil.Process(number).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def end(number: int, sign: signal.Signals, seconds: float) -> None:
    """Ask a process to end and wait until it has; raises TimeoutError."""
    with suppress(psutil.NoSuchProcess):
        psutil.Process(number).send_signal(sign)
    wait_until(lambda: not runs(number), seconds)


def kill(number: int) -> None:
    """SIGKILL to a process and all its descendants, and wait until they are gone.

    The parent is stopped first, so that it neither starts more of them nor hears of their death.
    """
    try:
        parent = psutil.Process(number)
        parent.send_signal(signal.SIGSTOP)
        family = [*parent.children(recursive=True), parent]
    except psutil.NoSuchProcess:
        return
    for process in family:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    wait_until(lambda: not any(runs(process.pid) for process in family), 10)


def wait_until(true: Callable[[], bool], seconds: float) -> None:
    """Raises TimeoutError."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError(f"not within {seconds} s")
        time.sleep(0.01)


def free_port() -> int:
    """A port that was free a moment ago; another program may take it, so be ready to try again."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def reachable(account: Account, program: Path, folder: Path) -> bool:
    """Whether the account may run ``program``: a checkout in a private home is closed to it."""
    try:
        account.run([program, "--version"], folder)
    except PermissionError:
        return False
    return True


def copy_once(source: Path, target: Path) -> None:
    """Copy a folder, whole or not at all; never again: running programs have its files mapped."""
    if target.exists():
        return
    half = target.with_name(f"{target.name}-half")
    shutil.rmtree(half, ignore_errors=True)
    shutil.copytree(source, half, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a"))
    half.rename(target)


@contextmanager
def exclusive(lock: Path) -> Iterator[None]:
    """One worker at a time."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def clear(folder: Path) -> None:
    """End each server that has a pid file below ``folder``, and remove the folder.

    SIGQUIT asks a database server to end at once, and it still gives back its shared memory.
    """
    numbers = [number for file in folder.rglob("pid") if (number := pid(file.parent))]
    for number in numbers:
        with suppress(psutil.NoSuchProcess):
            psutil.Process(number).send_signal(signal.SIGQUIT)
    with suppress(TimeoutError):
        wait_until(lambda: not any(runs(number) for number in numbers), QUIT_SECONDS)
    for number in numbers:
        kill(number)
    shutil.rmtree(folder, ignore_errors=True)
