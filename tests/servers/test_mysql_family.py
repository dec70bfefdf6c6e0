"""What MySQL and MariaDB have beside what every server has."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from tests.servers import SERVERS, Server
from tests.servers.test_servers import rows

FAMILY = [name for name in SERVERS if name.startswith(("mysql", "mariadb"))]
MARIADB = [name for name in FAMILY if name.startswith("mariadb")]

SCHEMA = """
CREATE TABLE a_child (id int AUTO_INCREMENT PRIMARY KEY, parent int NOT NULL,
  CONSTRAINT of_parent FOREIGN KEY (parent) REFERENCES parent (id) ON DELETE CASCADE);
CREATE TABLE parent (id int AUTO_INCREMENT PRIMARY KEY,
  name varchar(30) COLLATE utf8mb4_bin NOT NULL DEFAULT 'a''b' COMMENT 'its name', n int,
  twice int AS (n * 2) STORED, half int AS (n / 2) VIRTUAL,
  seen timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP, tag varchar(40) DEFAULT (concat('x', 'y')),
  UNIQUE KEY by_name (name(7)), CONSTRAINT named CHECK (name <> ''));
CREATE TABLE log (what varchar(60));
CREATE TABLE `odd ``name%s` (`a b` int, `c%` blob);
CREATE VIEW b_view AS SELECT p.name, count(*) c FROM parent p JOIN a_child c ON c.parent = p.id
  GROUP BY p.name;
CREATE VIEW a_view AS SELECT * FROM b_view;
CREATE FUNCTION doubled(n int) RETURNS int DETERMINISTIC RETURN n * 2;
CREATE PROCEDURE wipe() DELETE FROM log;
INSERT INTO parent (id, name) VALUES (7, 'Zoë'), (9, 'b');
INSERT INTO a_child (parent) VALUES (7), (7), (9);
INSERT INTO `odd ``name%s` VALUES (1, 0x00ff);
CREATE TRIGGER second_one BEFORE INSERT ON parent FOR EACH ROW
  INSERT INTO log VALUES ('one ' || new.name);
CREATE TRIGGER a_first_one BEFORE INSERT ON parent FOR EACH ROW FOLLOWS second_one
  INSERT INTO log VALUES (concat('two ', doubled(4)));
CREATE EVENT cleaning ON SCHEDULE EVERY 1 DAY DISABLE DO DELETE FROM log
"""


@pytest.fixture(scope="module")
def template(server: Server) -> str:
    """A database with one of each thing."""
    url = server.create_database()
    name = sa.make_url(url).database
    rows(url, f"ALTER DATABASE `{name}` CHARACTER SET latin1")
    script(url, SCHEMA)
    return url


@pytest.mark.parametrize("server", FAMILY, indirect=True)
def test_a_copy_has_everything(server: Server, template: str) -> None:
    """What the server itself says about the copy is what it says about the original."""
    with server.fresh(template) as copy:
        assert described(copy) == described(template)
        assert rows(copy, "SELECT * FROM a_view") == [("Zoë", 2), ("b", 1)]
        assert rows(copy, "SELECT hex(`c%`) FROM `odd ``name%s`") == [("00FF",)]
        assert rows(copy, "SELECT * FROM log") == []

        rows(copy, "INSERT INTO parent (name, n) VALUES ('c', 10)")
        assert rows(copy, "SELECT id, twice, tag FROM parent WHERE name = 'c'") == [(10, 20, "xy")]
        assert rows(copy, "SELECT what FROM log") == [("one c",), ("two 8",)]
        rows(copy, "DELETE FROM parent")
        assert rows(copy, "SELECT * FROM a_child") == []
        with pytest.raises(sa.exc.SQLAlchemyError):
            rows(copy, "INSERT INTO parent (name) VALUES ('')")
    assert rows(template, "SELECT count(*) FROM a_child") == [(3,)]


@pytest.mark.parametrize("server", MARIADB, indirect=True)
def test_a_copied_sequence_goes_on(server: Server) -> None:
    """MariaDB's sequences are copied with where they are, and defaults take the copy's."""
    with server.fresh() as url:
        rows(url, "CREATE SEQUENCE numbers START WITH 5 NOCACHE")
        rows(url, "CREATE TABLE t (a int DEFAULT (NEXTVAL(numbers)), b int)")
        rows(url, "INSERT INTO t (b) VALUES (1), (2)")
        with server.fresh(url) as copy:
            rows(copy, "INSERT INTO t (b) VALUES (3)")
            assert rows(copy, "SELECT a FROM t ORDER BY b") == [(5,), (6,), (7,)]
        rows(url, "INSERT INTO t (b) VALUES (3)")
        assert rows(url, "SELECT max(a) FROM t") == [(7,)]


@pytest.mark.parametrize("server", MARIADB, indirect=True)
def test_a_history_is_not_lost_silently(server: Server) -> None:
    with server.fresh() as url:
        rows(url, "CREATE TABLE t (a int) WITH SYSTEM VERSIONING")
        with pytest.raises(NotImplementedError):
            server.create_database(url)


@pytest.mark.parametrize("server", FAMILY, indirect=True)
def test_an_open_transaction_does_not_keep_a_database(server: Server) -> None:
    """DROP DATABASE would wait for a session that has read; a test may have forgotten one."""
    url = server.create_database()
    rows(url, "CREATE TABLE t (a int)")
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT * FROM t"))
        server.drop_database(url)
        connection.invalidate()
    engine.dispose()


@pytest.mark.parametrize("server", FAMILY, indirect=True)
def test_shows_who_waits_for_whom(server: Server) -> None:
    """Locks on tables are in performance_schema, which MariaDB has off as it comes."""
    with server.fresh() as url:
        rows(url, "CREATE TABLE t (a int)")
        engine = sa.create_engine(url)
        with engine.connect() as connection:
            connection.execute(sa.text("SELECT * FROM t"))
            database = sa.make_url(url).database
            held = (
                "SELECT lock_type FROM performance_schema.metadata_locks "
                f"WHERE object_schema = '{database}' AND object_name = 't'"
            )
            assert rows(url, held) == [("SHARED_READ",)]
        engine.dispose()


@pytest.mark.parametrize("server", FAMILY, indirect=True)
def test_a_user_may_be_restricted(server: Server) -> None:
    """An account with a password reaches the server as over a network, and has what it was given.

    With MySQL's binary log on, as it comes, making a trigger needs more than the database's rights.
    """
    with server.fresh() as url:
        name = sa.make_url(url).database
        rows(url, "CREATE TABLE t (a int)")
        rows(url, f"CREATE USER '{name}'@'localhost' IDENTIFIED BY 'secret'")
        rows(url, f"GRANT ALL ON `{name}`.* TO '{name}'@'localhost'")
        theirs = sa.make_url(url).set(username=name, password="secret")  # noqa: S106
        as_user = theirs.render_as_string(hide_password=False)
        trigger = "CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1"
        if server.engine == "mysql":
            with pytest.raises(sa.exc.OperationalError, match="1419"):
                rows(as_user, trigger)
        else:
            rows(as_user, trigger)
        rows(url, f"DROP USER '{name}'@'localhost'")


@pytest.mark.parametrize("name", FAMILY)
def test_settings_of_an_operator(name: str, own_server: Callable[..., Server]) -> None:
    """Any setting of the server may be given; one without a value is a bare option."""
    server = own_server(name, innodb_flush_log_at_trx_commit="1", skip_log_bin="")
    asked = "SELECT @@innodb_flush_log_at_trx_commit, @@log_bin"
    assert rows(server.url(), asked) == [(1, 0)]


def script(url: str, statements: str) -> None:
    """Run statements in one session, with `||` for concatenation and parents after children."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect().execution_options(no_parameters=True) as connection:
        connection.exec_driver_sql("SET sql_mode = 'ANSI', foreign_key_checks = 0")
        for statement in statements.split(";\n"):
            connection.exec_driver_sql(statement)
        connection.commit()


def described(url: str) -> list[object]:
    """Everything about a database but its name and when it was made."""
    name = sa.make_url(url).database
    tables = rows(url, "SHOW FULL TABLES")
    found: list[object] = [tables, rows(url, f"SHOW CREATE DATABASE `{name}`")[0][1:]]
    for table, kind in tables:
        quoted = "`" + str(table).replace("`", "``") + "`"
        shown = "VIEW" if kind == "VIEW" else "TABLE"
        found.append(rows(url, f"SHOW CREATE {shown} {quoted}"))
        found.append(rows(url, f"SELECT * FROM {quoted}"))
    for kind, programs in (
        ("FUNCTION", ["doubled"]),
        ("PROCEDURE", ["wipe"]),
        ("TRIGGER", ["second_one", "a_first_one"]),
        ("EVENT", ["cleaning"]),
    ):
        found.extend(rows(url, f"SHOW CREATE {kind} {program}")[0][:6] for program in programs)
    return [str(one).replace(str(name), "") for one in found]
