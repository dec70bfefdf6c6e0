"""FW115: a session that ends at something else than the server."""

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread

import pytest
from sqlalchemy import create_engine, make_url

from falsework.checks import Result
from falsework.config import Config
from falsework.session import open_session
from tests.checks.test_standing import BY_CODE, stood
from tests.cli.conftest import fill
from tests.cli.small import b
from tests.servers import Server

# Where a server tells its new client the number of the session: PostgreSQL's BackendKeyData, and
# the greeting of MySQL and MariaDB, behind the version's name.
NUMBERS = {
    "postgresql": re.compile(rb"(K\x00\x00\x00\x0c).{4}", re.DOTALL),
    "mariadb": re.compile(rb"\A(.{4}\x0a[^\x00]*\x00).{4}", re.DOTALL),
}


OTHER = b"\x01\x02\x03\x04"


@contextmanager
def between(port: int, number: re.Pattern[bytes]) -> Iterator[int]:
    """The port of a relay that says another number, as poolers do, and nothing else of its own."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                client, _ = listening.accept()
                server = socket.create_connection(("127.0.0.1", port))
                for source, sink, change in ((client, server, False), (server, client, True)):
                    args = (source, sink, number if change else None)
                    Thread(target=relay, args=args, daemon=True).start()

    Thread(target=serve, daemon=True).start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.close()


def relay(source: socket.socket, sink: socket.socket, number: re.Pattern[bytes] | None) -> None:
    with suppress(OSError), source:
        while data := source.recv(65536):
            if number is not None:
                data, found = number.subn(lambda m: m[1] + OTHER, data, count=1)
                number = None if found else number
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


@pytest.mark.parametrize("engine", NUMBERS)
def test_a_pooler(newest: Callable[[str], Server], engine: str) -> None:
    """It gives its clients numbers of its own making: that is seen, and fails."""
    with newest(engine).fresh() as url:
        pool = create_engine(url)
        fill(pool)
        pool.dispose()
        address = make_url(url)
        with between(address.port or 0, NUMBERS[engine]) as port:
            through = address.set(port=port).render_as_string(hide_password=False)
            session = open_session(Config(url=through))
            plan = session.plan(session.present((b,)))
            (result,) = stood(session, plan, BY_CODE["FW115"])
    assert result.result is Result.FAILED, result
    assert result.remarks[0].text == "the session is not with the server itself"
