"""Random expressions: the normal form means to the server what the text meant."""

from __future__ import annotations

import random

import pytest

from falsework.engines.postgresql import DRIVER
from falsework.engines.postgresql.expressions import normalized, understood
from tests.engines.postgresql.conftest import Database
from tests.engines.postgresql.versions import EVERY_POSTGRESQL

pytestmark = EVERY_POSTGRESQL

TABLE = "CREATE TABLE t (n integer, b bigint, p numeric, s varchar(9), x text, y boolean)"
ROWS = """
    INSERT INTO t SELECT n, n * 3 - 4, n / 2.0, s, x, y
    FROM unnest(ARRAY[-1, 0, 1, 2, NULL]) n, unnest(ARRAY['a', '', 'Ab', 'it''s', NULL]) s,
         unnest(ARRAY['a', 'z', NULL]) x, unnest(ARRAY[true, false, NULL]) y
"""
COUNT = 60
READER = DRIVER.reader


class Expressions:
    """Well-typed expressions with every parenthesis written, so that none is left to a rule."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def one_of(self, *makers: str) -> str:
        return self.random.choice(makers)

    def boolean(self, depth: int) -> str:
        if depth == 0:
            return self.one_of("y", "true", "(n = 1)", "(s = 'a')", "(x IS NULL)")
        return getattr(self, self.one_of("logic", "compared", "tested", "cased"))(depth - 1)  # type: ignore[no-any-return]

    def logic(self, depth: int) -> str:
        one, other = self.boolean(depth), self.boolean(depth)
        return self.one_of(
            f"({one} AND {other})", f"({one} OR {other})", f"(NOT {one})", f"({one} = {other})"
        )

    def compared(self, depth: int) -> str:
        make = self.random.choice([self.number, self.text])
        operator = self.one_of("=", "<>", "<", ">", "<=", ">=", "IS DISTINCT FROM")
        return f"({make(depth)} {operator} {make(depth)})"

    def tested(self, depth: int) -> str:
        number, text = self.number(depth), self.text(depth)
        return self.one_of(
            f"({number} IN (1, 2, 3))",
            f"({number} BETWEEN 1 AND {self.number(depth)})",
            f"({text} NOT IN ('a', 'it''s'))",
            f"({text} LIKE 'a%')",
            f"({text} NOT LIKE {self.text(depth)})",
            f"({number} IS NOT NULL)",
            f"({self.boolean(depth)} IS NOT TRUE)",
            f"(({text} || 'z') ~ '^a')",
        )

    def cased(self, depth: int) -> str:
        return f"(CASE WHEN {self.boolean(depth)} THEN {self.boolean(depth)} ELSE y END)"

    def number(self, depth: int) -> str:
        if depth == 0:
            return self.one_of("n", "b", "p", "1", "(-2)", "0.5", "length(s)")
        one, other = self.number(depth - 1), self.number(depth - 1)
        operator = self.one_of("+", "-", "*")
        return self.one_of(
            f"({one} {operator} {other})",
            f"({one} / 2)",
            f"({one} % 2)",
            f"(- {one})",
            f"coalesce({one}, {other})",
            f"(({one})::numeric)",
            f"((({one})::text)::numeric)",
            f"(CASE WHEN {self.boolean(0)} THEN {one} ELSE {other} END)",
        )

    def text(self, depth: int) -> str:
        if depth == 0:
            return self.one_of("s", "x", "'a'", "''", "lower(s)", "(n)::text")
        one, other = self.text(depth - 1), self.text(depth - 1)
        return self.one_of(
            f"({one} || {other})",
            f"upper({one})",
            f'({one} COLLATE "C")' if "COLLATE" not in one else one,
            f"coalesce({one}, {other})",
            f"substring({one} FROM 1 FOR 2)",
            f"(({one})::varchar(3))",
        )


@pytest.mark.parametrize("seed", range(5))
def test_the_normal_form_means_the_same(db: Database, seed: int) -> None:
    """For every row it gives what the text gives; read back, the two are not told apart."""
    make = Expressions(seed)
    texts = [make.boolean(4) for _ in range(COUNT)]
    assert all(map(understood, texts))
    forms = [READER.expression(text) for text in texts]
    db.run(TABLE, ROWS)

    alike = (
        f"bool_and(({a}) IS NOT DISTINCT FROM ({b}))" for a, b in zip(texts, forms, strict=True)
    )
    assert db.rows(f"SELECT {', '.join(alike)} FROM t") == [(True,) * COUNT]

    parts = [
        f"ADD CONSTRAINT {name}{n} CHECK ({text}) NOT VALID"
        for name, written in (("a", texts), ("b", forms))
        for n, text in enumerate(written)
    ]
    db.run(f"ALTER TABLE t {', '.join(parts)}")
    table = db.table("t")
    found = {check.name: check.text for check in table.checks}
    types = {column.name: column.type for column in table.columns}
    for n, form in enumerate(forms):
        assert READER.equal(found[f"a{n}"], found[f"b{n}"]) is True
        assert READER.equal(form, found[f"a{n}"]) is not False
    assert all(normalized(text, types) == text for text in found.values())

    alike = (
        f"bool_and(({found[f'a{n}']}) IS NOT DISTINCT FROM ({t}))" for n, t in enumerate(texts)
    )
    assert db.rows(f"SELECT {', '.join(alike)} FROM t") == [(True,) * COUNT]
