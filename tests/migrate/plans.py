"""Plans made by hand in the engine's own spelling: what is run owes nothing to the planner.

What tests say to a server beside its plans is spelled here for each engine.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from msgspec.structs import replace
from sqlalchemy.exc import DBAPIError

from falsework.engines.connect import Target
from falsework.model.edits import AddIndex, Edit, apply
from falsework.model.engine import Way
from falsework.model.plan import Backfill, Phase, Plan, Question, Statement, Step
from falsework.model.schema import Schema, TableName


def read(target: Target) -> Schema:
    """Everything in the target's schema, the journal aside."""
    with target.pool.connect().execution_options(falsework_read_only=True) as connection:
        return target.driver.read(connection, [target.schema])


def execute(target: Target, *statements: str, rows: Sequence[object] = ()) -> None:
    """Run SQL in one transaction; with ``rows``, the last statement once for each."""
    with target.pool.begin() as connection:
        for sql in statements[:-1] if rows else statements:
            connection.exec_driver_sql(sql, execution_options={"no_parameters": True})
        if rows:
            mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
            connection.exec_driver_sql(statements[-1].replace("?", mark), list(rows))


def query(target: Target, sql: str) -> list[tuple[object, ...]]:
    """The rows of a query, as plain values."""
    with target.pool.connect().execution_options(falsework_read_only=True) as connection:
        result = connection.exec_driver_sql(sql, execution_options={"no_parameters": True})
        return [tuple(row) for row in result] if result.returns_rows else []


def joined(target: Target, *parts: str) -> str:
    """Texts one after the other, as SQL."""
    if target.driver.engine.name in COMMITS_DDL:
        return f"concat({', '.join(parts)})"
    return " || ".join(parts)


def quoted(target: Target, text: str) -> str:
    """The text as a literal."""
    if target.driver.engine.name in COMMITS_DDL:
        text = text.replace("\\", "\\\\")
    return "'" + text.replace("'", "''") + "'"


def allowed(target: Target, name: str) -> str:
    """The name, with characters that the engine takes in names."""
    return name.replace("🜂", "☃") if target.driver.engine.name in COMMITS_DDL else name


def drop_index(target: Target, name: str, table: str) -> str:
    """The statement that drops an index."""
    where = f" ON {table}" if target.driver.engine.name in COMMITS_DDL else ""
    return f"DROP INDEX {name}{where}"


def end_sessions(target: Target, which: str = "true") -> None:
    """End the other sessions of a database, as a restart would."""
    others, end = OTHERS[target.driver.engine.name]
    others = f"{others} AND {which}"
    for (number,) in query(target, f"SELECT id FROM ({others}) others"):
        with suppress(DBAPIError):  # it may have ended by itself
            query(target, end.format(number))
    until(lambda: not query(target, f"SELECT 1 FROM ({others}) others"))


COMMITS_DDL = frozenset({"mysql", "mariadb"})
_BACKENDS = (
    "SELECT pid AS id, query FROM pg_stat_activity"
    " WHERE pid <> pg_backend_pid() AND datname = current_database()"
)
_PROCESSES = (
    "SELECT id, info AS query FROM information_schema.processlist"
    " WHERE db = DATABASE() AND id <> CONNECTION_ID()"
)
# Sessions and their queries; what ends one.
OTHERS = {
    "postgresql": (_BACKENDS, "SELECT pg_terminate_backend({})"),
    "mysql": (_PROCESSES, "KILL {}"),
    "mariadb": (_PROCESSES, "KILL {}"),
}


def until(true: Callable[[], bool], seconds: float = 20.0, pause: float = 0.005) -> None:
    """Wait for something that is about to happen."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(pause)


def dump(target: Target) -> tuple[Schema, dict[str, list[str]]]:
    """The whole database but the journal: the schema, and every row in order."""
    schema = read(target)
    spelling = target.driver.engine.spelling
    rows = {
        str(table.name): sorted(
            map(repr, query(target, f"SELECT * FROM {spelling.table(table.name)}"))
        )
        for table in schema.tables
    }
    return schema, rows


def journal(target: Target) -> list[tuple[object, ...]]:
    """Step, phase and state of each entry, in order."""
    return query(target, "SELECT step, phase, state FROM falsework_journal ORDER BY id")


def online(target: Target, edit: Edit) -> Way:
    """The engine's online way, where it has one."""
    has_one = target.server.cost(edit, Way.ONLINE) is not None
    return Way.ONLINE if has_one else Way.DIRECT


class Story:
    """Collects the steps of a plan; each is spelled for the schema that those before it leave."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.before = self.schema = read(target)
        self.steps: list[Step] = []

    def name(self, table: str) -> TableName:
        return TableName(self.target.schema, table)

    def add(self, phase: Phase, step: str, *edits: Edit, way: Way = Way.DIRECT) -> "Story":
        """A step with the effect of ``edits``."""
        engine, version = self.target.server.engine, self.target.server.version
        statement = engine.spelling.statement(edits, way, self.schema, version)
        partial = tuple(
            AddIndex(table=e.table, index=replace(e.index, valid=False))
            for e in edits
            if isinstance(e, AddIndex) and not statement.transaction
        )
        return self.run(
            phase,
            step,
            statement,
            *edits,
            partial=partial,
            repair=engine.spelling.undo_partial(edits, self.schema) if partial else None,
        )

    def run(
        self,
        phase: Phase,
        step: str,
        statement: Statement,
        *edits: Edit,
        partial: tuple[Edit, ...] = (),
        repair: Statement | None = None,
        table: str = "t",
    ) -> "Story":
        """A step with a statement written by the test."""
        self.steps.append(
            Step(
                id=step,
                phase=phase,
                title=step,
                table=edits[0].table if edits else self.name(table),
                work=statement,
                effect=edits,
                partial=partial,
                repair=repair,
            )
        )
        self.schema = apply(edits, self.schema)
        return self

    def fill(
        self,
        step: str,
        table: str,
        key: tuple[str, ...],
        column: str,
        *,
        value: str,
        need: str,
        phase: Phase = Phase.MIGRATE,
    ) -> "Story":
        """A step that fills a column."""
        name = self.name(table)
        job = Backfill(name, key, column, value, need)
        self.steps.append(Step(id=step, phase=phase, title=step, table=name, work=job))
        return self

    def alter(self, step: str, **changes: object) -> "Story":
        """Change a step that was added."""
        self.steps = [replace(s, **changes) if s.id == step else s for s in self.steps]
        return self

    def outside_transactions(self, step: str) -> "Story":
        """Let each statement of a step be committed by itself."""
        (work,) = (s.work for s in self.steps if s.id == step)
        return self.alter(step, work=replace(work, transaction=False))

    def plan(self, questions: tuple[Question, ...] = ()) -> Plan:
        return Plan(
            engine=self.target.server.engine.name,
            version=self.target.server.version,
            target=self.target.schema,
            before=self.before,
            intent="",
            owned=self.schema,
            steps=tuple(self.steps),
            questions=questions,
        )
