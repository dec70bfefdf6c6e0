"""Names from hell: quotes, semicolons, percent signs, emoji, control characters."""

from sqlalchemy import create_engine, select

from tests.cli import hostile
from tests.cli.conftest import Cli


def test_an_upgrade_of_hostile_names(cli: Cli, database: str) -> None:
    """Everything is done as meant, and no control character reaches the terminal."""
    engine = create_engine(database)
    plain = engine.dialect.name in ("mysql", "mariadb")
    name, models = (hostile.PLAIN_TABLE, "plain_b") if plain else (hostile.TABLE, "b")
    a = hostile.release_a(name)
    a.create_all(engine)
    table = a.tables[name]
    with engine.begin() as connection:
        rows: list[dict[str, object]] = [{"id": 1, hostile.OLD: 7}, {"id": 2, hostile.COLUMN: "x"}]
        for row in rows:
            connection.execute(table.insert().values(row))
    models = f"tests.cli.hostile:{models}"
    said = [cli("adopt", "--release", "A", "--yes", url=database, models=models)]
    said += [cli("plan"), cli("plan", "-v"), cli("check"), cli("expand", "--yes")]
    said += [cli("status"), cli("migrate", "--yes"), cli("contract", "--dry-run")]
    lose = f"{name}.{hostile.OLD}"
    said += [cli("contract", "--yes"), cli("contract", "--yes", "--lose", lose)]
    assert [s.code for s in said] == [0, 0, 0, 1, 0, 0, 0, 0, 2, 0], said
    for one in said:
        bad = [c for c in one.out + one.err if not c.isprintable() and c != "\n"]
        assert not bad, repr(one)
    assert "\n     undo  yes" not in said[1].out + said[2].out, "a name cannot fake a line"
    new = hostile.release_b(name).tables[name]
    with engine.connect() as connection:
        found = connection.execute(select(new).order_by(new.c.id)).all()
    assert [tuple(row) for row in found] == [(1, "100%s1"), (2, "x")]
    engine.dispose()
