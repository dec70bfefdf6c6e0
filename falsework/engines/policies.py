"""Which tables have a soft-delete policy: by models, by the configuration, or by their looks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from falsework.declare import SoftDeletion
from falsework.engines.base import Driver
from falsework.engines.marks import check, policy
from falsework.errors import ConfigError
from falsework.model.intent import Declared
from falsework.model.schema import Column, Schema, Table, TableName
from falsework.model.soft_delete import SoftDelete


def policies(
    live: Schema,
    driver: Driver,
    declared: Declared | None,
    said: Iterable[tuple[str, SoftDeletion]],
) -> Mapping[TableName, SoftDelete]:
    """The policies of live tables: what the models say, and before it what the configuration says.

    Raises ConfigError for a policy that does not fit its table, and a table that is not there.
    """
    found = {
        name: intent.soft_delete
        for name, intent in (declared.intents if declared else ())
        if intent.soft_delete is not None and live.table(name) is not None
    }
    for said_of, deletion in said:
        table = _named(live, said_of)
        found[table.name] = policy(deletion, _idle(deletion, driver, said_of))
    for name, one in found.items():
        table_there = live.table(name)
        if table_there is not None:
            check(one, table_there, driver.engine)
            _check_taken(one, name, live, found)
    return found


def _named(live: Schema, name: str) -> Table:
    tables = [t for t in live.tables if name in (t.name.name, str(t.name))]
    if len(tables) == 1:
        return tables[0]
    raise ConfigError(
        f"[soft_delete.{name}]: {'several tables have' if tables else 'no table has'} that name",
        why="a policy is for one table of this database",
        do='write it with its schema: [soft_delete."schema.table"]' if tables else "mend the name",
    )


def _idle(said: SoftDeletion, driver: Driver, name: str) -> str | None:
    if said.idle is None:
        return None
    text = said.idle.get(driver.engine.name) if isinstance(said.idle, Mapping) else said.idle
    if not isinstance(text, str):
        raise ConfigError(
            f"[soft_delete.{name}]: idle says nothing for {driver.engine.name}",
            why="it has to be the SQL of a condition over the row",
            do='write idle = "task_state IS NULL"',
        )
    return driver.reader.expression(text)


def _check_taken(
    one: SoftDelete, name: TableName, live: Schema, found: Mapping[TableName, SoftDelete]
) -> None:
    for taken in one.takes:
        tables = [t.name for t in live.tables if taken in (t.name.name, str(t.name))]
        if not tables or any(table in found for table in tables):
            why = "its own policy says which of its rows may go" if tables else "it is not there"
            raise ConfigError(
                f"soft_delete(...) of {name} takes {taken}",
                why=why,
                do="leave it out of takes",
            )


FLAGS = ("deleted", "is_deleted", "soft_deleted")
TIMES = ("deleted_at", "deleted_on", "date_deleted", "deletion_time", "removed_at", "archived_at")


def suggested(
    live: Schema, driver: Driver, known: Mapping[TableName, SoftDelete]
) -> Iterator[tuple[TableName, SoftDelete]]:
    """Policies that tables without one look as if they meant; nobody said so."""
    for table in live.tables:
        times = [c for c in map(table.column, TIMES) if c and driver.engine.marks.dated(c)]
        if table.name in known or not times or not times[0].nullable:
            continue
        columns = [c for c in map(table.column, FLAGS) if c and driver.engine.marks.set(c)]
        yield (
            table.name,
            SoftDelete(
                times[0].name,
                columns[0].name if columns else None,
                idle=_task(table, driver),
                host=next((c.name for c in (table.column("host"),) if c), None),
            ),
        )


def _task(table: Table, driver: Driver) -> str | None:
    """The sign of a row at work that OpenStack's tables have."""
    task: Column | None = table.column("task_state")
    if task is None:
        return None
    return f"{driver.engine.spelling.identifier(task.name)} IS NULL"
