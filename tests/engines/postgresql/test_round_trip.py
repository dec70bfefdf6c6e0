"""Checks, predicates and defaults as people write them, and as the server gives them back."""

from __future__ import annotations

import pytest

from falsework.engines.postgresql import DRIVER
from falsework.model.schema import Table
from tests.engines.postgresql.conftest import Database
from tests.engines.postgresql.versions import EVERY_POSTGRESQL

pytestmark = EVERY_POSTGRESQL

READER = DRIVER.reader
TABLE = (
    "CREATE TYPE mood AS ENUM ('a', 'b')",
    """CREATE TABLE t (s varchar(20), x text, c char(3), n integer, b bigint, si smallint,
       p numeric(10, 2), f double precision, r real, d date, ts timestamp, tz timestamptz, u uuid,
       bo boolean, m mood, j jsonb, iv interval, arr integer[], "Order" integer, "user" integer)""",
)

# Read back as the very text that the models give.
SAME = """
s in ('a', 'b')
s = 'a'
s <> ''
x in ('a', 'b')
c in ('a', 'b')
c = 'a'
c like 'a%'
s like 'a%'
s not like 'a%'
s ilike 'a%'
s not in ('a', 'b')
s in ('a')
s < 'b' or s > 'd'
s = x
s in ('it''s', E'a\\nb', '100%')
n > 0
n > -1
n between 1 and 5
n not between 1 and 5
n in (1, 2, 3)
n % 2 = 0
-n < 3
n - -1 > 0
n > 3000000000
n > 0.5
n > 1.50
n in (si, b)
n in (1, b, 2)
n in (1, b)
b > 0
b in (1, 2)
b between 0 and 10
si > 0
si in (1, 2)
p > 0
p >= 0.5
p * 2 > 1
p between 0 and 100
p > n
f > 0
f > 0.5
f > n
r > -0.5
n > b and f < r
d > '2020-01-01'
d >= date '2020-01-01' and d < ts
current_date > d
now() > ts
ts > '2020-01-01 00:00:00'
tz > ts at time zone 'utc'
d + interval '1 day' > ts
u <> '00000000-0000-0000-0000-000000000000'
bo
not bo
bo = true
bo is true
bo is not false
m in ('a', 'b')
m = 'a'
j ->> 'a' = 'b'
j -> 'a' ->> 'b' in ('c', 'd')
j ? 'a'
length(s) > 3
char_length(s) > 3
lower(s) = s
upper(s) in ('A', 'B')
trim(s) <> ''
length(trim(s)) > 0
btrim(s, 'x') <> ''
left(s, 1) = 'a'
starts_with(s, 'a')
substring(s from 1 for 2) = 'ab'
substring(s, 1, 2) = 'ab'
position('a' in s) > 0
s ~ '^[a-z]+$'
s || x = 'ab'
s || 'a' = 'b'
s collate "C" > 'a'
s is not null
s is null or n is not null
s is distinct from x
s is not distinct from x
s is null or length(s) = 2
(s is null) <> (n is null)
num_nonnulls(s, n) = 1
coalesce(n, 0) > 0
nullif(n, 0) is not null
case when n > 0 then s is not null else true end
case n when 1 then true when 2 then false end
extract(year from d) > 2000
n = 1 or n = 2 and b = 3
(n = 1 or n = 2) and b = 3
not (n = 1 and b = 2)
not n in (1, 2)
"Order" > 0 and "user" > 0
arr[1] > 0
n = any(arr)
array_length(arr, 1) = 2
arr @> array[1, 2]
(n, b) > (1, 2)
cast(n as text) like '1%'
s between 'a' and 'b'
s = any(array['a', 'b'])
"""

# Read back as another text, which is known to say the same.
EQUAL = """
s::text = 'a'
s = any('{a,b}')
cast(s as varchar(3)) = 'abc'
n::numeric / 2 > 1
p > b * 2
iv > interval '1 day'
j @> '{"a": 1}'
n < 1e3
"""

# Read back as a text of which nothing can be said.
UNDECIDED = """
s similar to 'a%'
s like 'a!%' escape '!'
ts > '2020-01-01'
tz > '2020-01-01'
iv > '24 hours'
bo = 't'
u <> 'A0000000-0000-0000-0000-000000000000'
"""


def lines(text: str) -> list[str]:
    return text.strip().splitlines()


def with_check(db: Database, text: str) -> Table:
    db.run(*TABLE, f"ALTER TABLE t ADD CONSTRAINT k CHECK ({text})")
    return db.table("t")


def read_back(db: Database, text: str) -> str:
    (check,) = with_check(db, text).checks
    return check.text


def test_checks_and_predicates(db: Database) -> None:
    """One normal form for both sides, with the columns it uses; written again, it is the same."""
    texts = lines(SAME)
    checks = ", ".join(f"ADD CONSTRAINT k{n} CHECK ({text})" for n, text in enumerate(texts))
    db.run(*TABLE, f"ALTER TABLE t {checks}")
    found = {check.name: check for check in db.table("t").checks}

    wrong = [
        (text, check.text)
        for n, text in enumerate(texts)
        if (check := found[f"k{n}"]).text != READER.expression(text)
    ]
    assert not wrong

    again = ", ".join(f"ADD CONSTRAINT {c.name} CHECK ({c.text})" for c in found.values())
    dropped = ", ".join(f"DROP CONSTRAINT {name}" for name in found)
    db.run(f"ALTER TABLE t {dropped}", f"ALTER TABLE t {again}")
    assert {check.name: check for check in db.table("t").checks} == found


@pytest.mark.parametrize("text", lines(EQUAL))
def test_checks_known_to_be_equal(db: Database, text: str) -> None:
    """A cast that the server adds where no rule takes it away makes no difference."""
    assert READER.equal(READER.expression(text), read_back(db, text)) is True


@pytest.mark.parametrize("text", lines(UNDECIDED))
def test_checks_of_which_nothing_is_said(db: Database, text: str) -> None:
    """They are the same, and nobody may say that they are not."""
    assert READER.equal(READER.expression(text), read_back(db, text)) is None


CHANGED = [
    ("s in ('a', 'b')", "s in ('a', 'b', 'c')"),
    ("n > 0", "n >= 0"),
    ("n > 0", "b > 0"),
    ("p > 0", "p > 0.5"),
    ("length(s) > 3", "length(s) > 4"),
    ("n between 1 and 5", "n between 1 and 6"),
    ("s is null or n = 1", "s is null and n = 1"),
]


@pytest.mark.parametrize(("old", "new"), CHANGED)
def test_changed_checks(db: Database, old: str, new: str) -> None:
    """What somebody changed is seen to be changed."""
    assert READER.equal(READER.expression(new), read_back(db, old)) is False


DEFAULTS = {
    "integer": ["0", "'0'", "-1", "'-1'", "1 + 1", "(5)"],
    "bigint": ["0", "'0'", "3000000000", "-1"],
    "smallint": ["1"],
    "numeric(10, 2)": ["0", "'0'", "0.00", "1.5", "-1.5"],
    "double precision": ["0", "1.5", "'0'", "-2"],
    "boolean": ["true", "'t'", "false", "'0'", "'yes'"],
    "varchar(10)": [
        "'x'",
        "''",
        "'it''s'",
        "'50%'",
        "'a' || 'b'",
        "lower('A')",
        "user",
        "'x'::text",
    ],
    "text": ["'x'", "md5(random()::text)", "concat('a', 'b')", "E'back\\\\slash'", "current_user"],
    "char(3)": ["'x'"],
    "date": ["current_date", "'2020-01-01'", "now()", "date '2020-01-01'", "'now'::text::date"],
    "timestamp": [
        "now()",
        "current_timestamp",
        "'2020-01-01 00:00:00'",
        "localtimestamp",
        "timezone('utc', now())",
        "(now() at time zone 'utc')",
        "(now() + interval '1 day')",
        "current_timestamp(3)",
    ],
    "timestamptz": ["now()", "transaction_timestamp()", "clock_timestamp()"],
    "uuid": ["gen_random_uuid()", "'00000000-0000-0000-0000-00000000000a'"],
    "jsonb": ["'{}'", "jsonb_build_object()"],
    "json": ["'{\"b\":1}'"],
    "mood": ["'a'"],
    "interval": ["'1 day'", "interval '1 day'"],
    "integer[]": ["'{}'", "array[]::integer[]", "array[1, 2]"],
    "text[]": ["'{}'", "array['a']"],
    "inet": ["'127.0.0.1'"],
    "time": ["'12:00:00'"],
}


def test_defaults(db: Database) -> None:
    """One normal form for both sides."""
    columns = [(type, text) for type, texts in DEFAULTS.items() for text in texts]
    listed = ", ".join(f"c{n} {type} DEFAULT {text}" for n, (type, text) in enumerate(columns))
    db.run(TABLE[0], f"CREATE TABLE t ({listed})")
    found = db.table("t")

    wrong = [
        (type, text, live)
        for n, (type, text) in enumerate(columns)
        if (live := (c := found.columns[n]).default) != READER.default(text, c.type)
    ]
    assert not wrong


def test_index_expressions(db: Database) -> None:
    """Entries and predicates are in the same form as checks."""
    db.run(
        *TABLE,
        "CREATE INDEX i ON t (lower(s), (n + 1) DESC, x) WHERE s IN ('a', 'b') AND bo",
    )
    (index,) = db.table("t").indexes

    assert index.columns == ("lower(s)", "n + 1 DESC", "x")
    assert index.where == READER.expression("s IN ('a', 'b') AND bo")
    assert index.uses == ("bo", "n", "s", "x")
