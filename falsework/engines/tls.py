"""Whether the way to a server leaves this machine, and how sure one must be of who answers.

Drivers encrypt where they can and ask nobody for papers: whoever sits on the way may answer in the
server's place, and reads and writes along. Off this host a certificate is asked for, unless the
operator says that the way is safe otherwise.
Source: https://www.postgresql.org/docs/current/libpq-ssl.html (``prefer`` and ``require`` do not
verify), and PyMySQL's source (no options mean CERT_NONE).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from ipaddress import ip_address

from falsework.errors import ConfigError

SAFE = 'or say tls = "insecure" (--tls insecure), if the way there is safe without'


class Tls(StrEnum):
    """What a connection that leaves this machine must be."""

    VERIFY = "verify"
    INSECURE = "insecure"


def off_host(hosts: Iterable[str]) -> bool:
    """Whether one of the hosts is not this machine: names are not resolved, paths are sockets."""
    return any(not _here(host) for host in hosts)


def _here(host: str) -> bool:
    if not host or host.startswith(("/", "@")) or host.lower() in ("localhost", "localhost."):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def not_verified(said: str, do: str) -> ConfigError:
    """The error for a URL that asks for less than what is asked for here."""
    return ConfigError(
        f"the URL says {said}",
        why="so the server off this host may be anybody, and falsework would write there",
        do=f"{do}; {SAFE}",
    )
