"""MariaDB, taken out of Debian's packages: the version is the digits at the end of the name."""

from collections.abc import Mapping
from typing import ClassVar

from tests.servers.mysql import SETTINGS, MySQL
from tests.servers.unpacked import Package, Unpacked

# What mariadb-install-db reads, in its order; the names begin with mysql_ or mariadb_.
SCRIPTS = (
    "m*_system_tables.sql",
    "m*_performance_tables.sql",
    "m*_system_tables_data.sql",
    "fill_help_tables.sql",
    "maria_add_gis_sp_bootstrap.sql",
    "m*_sys_schema.sql",
)
# `root` of localhost needs no password, instead of being root of the machine.
FIRST = "CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket = NULL;\n"


class MariaDB(MySQL):
    """What a class below says is where its version comes from."""

    engine = "mariadb"
    defaults: ClassVar[Mapping[str, str]] = {
        **SETTINGS,
        "innodb_log_file_size": "64M",
        # As an operator who wants to see who waits for whom: it is off as it comes.
        "performance_schema_instrument": "wait/lock/metadata/sql/mdl=ON",
        "ssl": "OFF",  # or 11.4 and later make an RSA key at each start, for a second or two
    }

    def initialise(self, programs: Unpacked) -> None:
        """As mariadb-install-db does, which could not start the server through its loader."""
        data = programs.folder / "data"
        data.mkdir()
        share = programs.folder / "share"
        scripts = [next(share.glob(name)).read_text() for name in SCRIPTS]
        programs.run(
            *programs.places,
            *("--bootstrap", f"--datadir={data}", "--user=root", "--max-allowed-packet=8M"),
            *("--innodb-log-file-size=16M", "--log-warnings=0", "--enforce-storage-engine="),
            told=FIRST + "".join(scripts),
        )


class MariaDB1011(MariaDB):
    """Locks the table where 11.2 and later would copy it online."""

    package = Package("bookworm", "mariadb-server-core", "sbin/mariadbd")
    client = Package("bookworm", "mariadb-client-core", "bin/mariadb")


class MariaDB118(MariaDB):
    """From the stable suite of that version: in the unstable one it will be another."""

    package = Package("trixie", "mariadb-server-core", "sbin/mariadbd")
    client = Package("trixie", "mariadb-client-core", "bin/mariadb")
