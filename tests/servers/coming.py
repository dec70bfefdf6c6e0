"""Servers whose engines falsework does not have yet: one line each, to be moved to ``SERVERS``."""

from tests.servers.mariadb import MariaDB118, MariaDB1011
from tests.servers.mysql import MySQL
from tests.servers.server import Kind

COMING: dict[str, Kind] = {
    "mysql": MySQL,
    "mariadb1011": MariaDB1011,
    "mariadb118": MariaDB118,
}
