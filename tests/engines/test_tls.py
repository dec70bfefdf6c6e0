"""Off this host a server proves who it is: real certificates, of an authority made here.

The servers listen on 127.0.0.1, which 0.0.0.0 leads to as well: an address that is not known to be
this machine's, as any other one.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import URL, make_url

from falsework.engines.connect import connect
from falsework.engines.drivers import driver_for
from falsework.engines.tls import Tls, off_host
from falsework.errors import ConfigError
from tests.servers import Server, processes

ELSEWHERE = "0.0.0.0"  # noqa: S104 - to connect to, not to listen on
SETTINGS = {
    "postgresql18": {},  # built without TLS here: a proxy has it, as poolers and clouds do
    "mysql": {"ssl_cert": "{cert}", "ssl_key": "{key}"},
    "mariadb118": {"ssl_cert": "{cert}", "ssl_key": "{key}"},
}
SSL_REQUEST = bytes.fromhex("0000000804d2162f")
AUTHORITY = {"postgresql18": "sslrootcert", "mysql": "ssl_ca", "mariadb118": "ssl_ca"}
LESS = {
    "postgresql18": {"sslmode": "require"},
    "mysql": {"ssl_disabled": "true"},
    "mariadb118": {"ssl_verify_cert": "false"},
}


@dataclass(frozen=True)
class Papers:
    """An authority's certificate, and one with its key that it gave to 0.0.0.0."""

    ca: Path
    cert: Path
    key: Path


def papers(folder: Path) -> Papers:
    """An authority of its own, and what it says of the server."""
    key, name = ec.generate_private_key(ec.SECP256R1()), _name("authority")
    ca = _certificate(name, key.public_key(), name, key, x509.BasicConstraints(True, None))
    own = ec.generate_private_key(ec.SECP256R1())
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(ELSEWHERE))])
    cert = _certificate(_name("server"), own.public_key(), name, key, here)
    made = Papers(folder / "ca.pem", folder / "cert.pem", folder / "key.pem")
    made.ca.write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    made.cert.write_bytes(cert.public_bytes(serialization.Encoding.PEM))
    made.key.write_bytes(
        own.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
    )
    made.key.chmod(0o600)
    account = processes.unprivileged()
    for path in (made.ca, made.cert, made.key):
        os.chown(path, account.uid, account.gid)
    return made


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(
    subject: x509.Name,
    public: ec.EllipticCurvePublicKey,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    what: x509.ExtensionType,
) -> x509.Certificate:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(what, critical=isinstance(what, x509.BasicConstraints))
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(key, hashes.SHA256())
    )


@pytest.fixture
def proxy() -> Iterator[Callable[[Papers, int], int]]:
    """Start something that speaks TLS with clients and plainly with PostgreSQL at that port."""
    with ExitStack() as open_ones:

        def start(made: Papers, port: int) -> int:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(made.cert, made.key)
            listener = open_ones.enter_context(socket.create_server(("127.0.0.1", 0)))
            run = partial(_serve, listener, context, port)
            threading.Thread(target=run, daemon=True).start()
            found: int = listener.getsockname()[1]
            return found

        yield start


def _serve(listener: socket.socket, context: ssl.SSLContext, port: int) -> None:
    with suppress(OSError):  # the listener is closed at the end
        while True:
            client, _ = listener.accept()
            run = partial(_answer, client, context, port)
            threading.Thread(target=run, daemon=True).start()


def _answer(client: socket.socket, context: ssl.SSLContext, port: int) -> None:
    with suppress(OSError), client, socket.create_connection(("127.0.0.1", port)) as server:
        first = client.recv(8)
        if first != SSL_REQUEST:  # a client that does not ask for TLS
            server.sendall(first)
            _both_ways(client, server)
            return
        client.sendall(b"S")
        with context.wrap_socket(client, server_side=True) as inner:
            _both_ways(inner, server)


def _both_ways(one: socket.socket, other: socket.socket) -> None:
    back = threading.Thread(target=partial(_copy, other, one), daemon=True)
    back.start()
    _copy(one, other)
    back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def shelf() -> Iterator[Path]:
    """A folder that the servers' account can read, as it cannot a test's own."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.parametrize("name", SETTINGS)
def test_the_server_proves_who_it_is(
    name: str,
    own_server: Callable[..., Server],
    proxy: Callable[[Papers, int], int],
    shelf: Path,
) -> None:
    """By the authority that the URL names; another one, none, and less than that will not do."""
    made = papers(shelf)
    files = {"cert": made.cert, "key": made.key}
    server = own_server(name, **{k: v.format(**files) for k, v in SETTINGS[name].items()})
    there = make_url(server.url()).set(host=ELSEWHERE)
    if not SETTINGS[name]:
        there = there.set(port=proxy(made, make_url(server.url()).port or 0))
    there = there.set(query={k: v for k, v in there.query.items() if k != "ssl_disabled"})

    def ask(query: Mapping[str, str], tls: Tls = Tls.VERIFY) -> bool:
        url = there.update_query_dict(query)
        return connect(url.render_as_string(hide_password=False), tls=tls).verified

    known = {AUTHORITY[name]: str(made.ca)}
    assert ask(known)
    with pytest.raises(ConfigError, match=r"does not let us in|cannot be used") as refused:
        ask({})
    assert "certificate" in refused.value.why.lower()
    with pytest.raises(ConfigError, match="the URL says"):
        ask(known | LESS[name])
    assert not ask({}, Tls.INSECURE)
    assert not ask(LESS[name], Tls.INSECURE)
    assert connect(server.url()).verified, "on this host nobody sits between"


@pytest.mark.parametrize(
    ("hosts", "off"),
    [
        ([""], False),
        (["localhost"], False),
        (["127.0.0.1", "127.8.8.8", "::1", "[::1]"], False),
        (["/run/postgresql", "@abstract"], False),
        (["db1"], True),
        (["10.0.0.1"], True),
        (["localhost.example.org"], True),
        (["localhost", "db2"], True),
    ],
)
def test_what_lies_off_this_host(hosts: list[str], off: bool) -> None:
    """Only what can be nothing else is this host; no name is asked for."""
    assert off_host(hosts) is off


@pytest.mark.parametrize(
    ("url", "off"),
    [
        ("postgresql://u@db1/x", True),
        ("postgresql://u@/x?host=db1:5433&host=localhost:5432", True),
        ("postgresql://u@/x?host=/run/postgresql", False),
        ("postgresql://u@localhost/x?hostaddr=10.0.0.7", True),
        ("postgresql://u@/x?service=cloud", True),
        ("postgresql://u@[::1]/x", False),
        ("mysql+pymysql://u@db1/x", True),
        ("mysql+pymysql://u@db1/x?unix_socket=/run/mysqld.sock", False),
        ("mysql+pymysql://u@/x", False),
        ("sqlite:///x.db", False),
    ],
)
def test_where_urls_lead(url: str, off: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """In all the ways in which a URL can say it."""
    for name in ("PGHOST", "PGHOSTADDR"):
        monkeypatch.delenv(name, raising=False)
    made: URL = make_url(url)
    assert driver_for(made.get_backend_name()).off_host(made) is off


def test_where_the_environment_leads(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client library reads it where the URL says nothing."""
    monkeypatch.setenv("PGHOST", "db1")
    driver = driver_for("postgresql")
    assert driver.off_host(make_url("postgresql:///x"))
    assert not driver.off_host(make_url("postgresql://localhost/x"))
