"""Normal forms of expressions without a server: what is written, what they are, what is alike."""

from __future__ import annotations

import pytest

from falsework.engines.postgresql import DRIVER
from falsework.engines.postgresql.expressions import normalized
from falsework.model.schema import SqlType

READER = DRIVER.reader
TYPES = {
    "s": SqlType("varchar", (9,)),
    "t": SqlType("text"),
    "n": SqlType("integer"),
    "p": SqlType("numeric", (9, 2)),
    "ts": SqlType("timestamp"),
    "m": SqlType("mood"),
}

FORMS = [
    ("((status)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))",
     "status::text in ('a', 'b')"),
    ("(n <> ALL (ARRAY[1, 2]))", "n not in (1, 2)"),
    ("a != 1", "a <> 1"),
    ("(((a)))", "a"),
    ("a AND (b AND c)", "a and b and c"),
    ("a OR (b AND c)", "a or b and c"),
    ("(a OR b) AND c", "(a or b) and c"),
    ("NOT (a = 1)", "not a = 1"),
    ("NOT a = 1 AND b", "not a = 1 and b"),
    ("(a = 1) = (b = 2)", "(a = 1) = (b = 2)"),
    ("a - (b - c)", "a - (b - c)"),
    ("a - b - c", "a - b - c"),
    ("(a + b) * c", "(a + b) * c"),
    ("- (- a)", "- (-a)"),
    ("(-1)::numeric", "(-1)::numeric"),
    ("x BETWEEN 1 AND 2 AND y", "x >= 1 and x <= 2 and y"),
    ("x NOT BETWEEN 1 AND 2", "x < 1 or x > 2"),
    ("(x ~~ 'a%'::text)", "x like 'a%'"),
    ("(x !~~* 'a%'::text)", "x not ilike 'a%'"),
    ("x IN ('a')", "x = 'a'"),
    ("x NOT IN (y, z)", "x <> y and x <> z"),
    ("x IS NOT DISTINCT FROM y", "not x is distinct from y"),
    ("x ISNULL", "x is null"),
    ("CAST(x AS CHARACTER VARYING(5))", "x::varchar(5)"),
    ("x::pg_catalog.int4", "x::integer"),
    ("DATE '2020-01-01' < d", "'2020-01-01' < d"),
    ("timestamp with time zone '2020-01-01' < d", "'2020-01-01' < d"),
    ("d + interval '1 day' > e", "d + '1 day'::interval > e"),
    ("TRIM(BOTH FROM x)", "btrim(x)"),
    ("trim(leading 'a' from x)", "ltrim(x, 'a')"),
    ("SUBSTRING(x FROM 1 FOR 2)", "substring(x, 1, 2)"),
    ("EXTRACT(year FROM d)", "extract(year from d)"),
    ("POSITION(('a'::text) IN (x))", "position('a' in x)"),
    ("CURRENT_TIMESTAMP > d", "now() > d"),
    ("timezone('utc'::text, now())", "now() at time zone 'utc'"),
    ("CASE\n    WHEN (n > 0) THEN a\n    ELSE b\nEND", "case when n > 0 then a else b end"),
    ("case x when 1 then 2 end", "case x when 1 then 2 end"),
    ("((j ->> 'a'::text) = 'b'::text)", "j ->> 'a' = 'b'"),
    ("j -> 'a' ->> 'b' = 'c'", "j -> 'a' ->> 'b' = 'c'"),
    ("(ROW(a, b) > ROW(1, 2))", "row(a, b) > row(1, 2)"),
    ("(arr)[1] > 0", "arr[1] > 0"),
    ("(x::integer[])[1] > 0", "(x::integer[])[1] > 0"),
    ("arr @> ARRAY[[1, 2], [3, 4]]", "arr @> array[array[1, 2], array[3, 4]]"),
    ("'now'::text = x", "'now'::text = x"),
    ("x COLLATE pg_catalog.\"C\" > 'a'", 'x collate "C" > \'a\''),
    ('"Order" > 0 and "user" > 0 and "plain" > 0', '"Order" > 0 and "user" > 0 and plain > 0'),
    ("E'a\\nb\\'c' = x", "'a\nb''c' = x"),
    ("$$it's$$ = x", "'it''s' = x"),
    ("a=-1", "a = -1"),
    ("a <-1", "a < -1"),
    ("a--comment\n=1", "a = 1"),
    ("x = '-1'::integer", "x = -1"),
    ("r > ('-0.5'::numeric)::double precision", "r > -0.5"),
    ("n / 2::numeric > 1", "n / 2::numeric > 1"),
    ("'now'::text::date = d", "'now'::text::date = d"),
    ("x = 't'::boolean", "x = true"),
    ("nullif(a, '') is null", "nullif(a, '') is null"),
    ('"left"(x, 1) = \'a\'', "left(x, 1) = 'a'"),
    ("public.f(x)", "public.f(x)"),
    ("pg_catalog.lower(x)", "lower(x)"),
    ("x OPERATOR(public.=) y", "x operator (public.=) y"),
    ("f(a => 1, b => 2)", "f(a => 1, b => 2)"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "form"), FORMS)
def test_one_form_for_every_spelling(text: str, form: str) -> None:
    """And the form read again is itself."""
    assert READER.expression(text) == form
    assert READER.expression(form) == form


TYPED = [
    ("((s)::text = 'a'::text)", "s = 'a'"),
    ("((n)::text = '1'::text)", "n::text = '1'"),
    ("(lower((s)::text) = (s)::text)", "lower(s) = s"),
    ("((n)::numeric > 0.5)", "n > 0.5"),
    ("((p * (2)::numeric) > (1)::numeric)", "p * 2 > 1"),
    ("((n / (2)::numeric) > (1)::numeric)", "n / 2::numeric > 1"),
    ("(p > (n)::numeric)", "p > n"),
    ("(m = 'a'::mood)", "m = 'a'"),
    ("(m = ANY (ARRAY['a'::mood, 'b'::mood]))", "m in ('a', 'b')"),
    ("(ts > '2020-01-01 00:00:00'::timestamp without time zone)", "ts > '2020-01-01 00:00:00'"),
]


@pytest.mark.parametrize(("text", "form"), TYPED)
def test_casts_that_the_server_adds(text: str, form: str) -> None:
    """They go where the column's type is known to bring them back, and only there."""
    assert normalized(text, TYPES) == form


ALIKE = [
    ("a = 1", "a = 1", True),
    ("a = 1", "a = 2", False),
    ("a = 1", "b = 1", False),
    ("a > 1", "a >= 1", False),
    ("a = 1 and b = 2", "a = 1 or b = 2", False),
    ("a = 1", "a = 1 and b = 2", False),
    ("a is null", "a is not null", False),
    ("a in ('x', 'y')", "a in ('x', 'z')", False),
    ("a in ('x', 'y')", "a in ('x', 'y', 'z')", False),
    ("a = 1.50", "a = 1.5", True),
    ("a::text = 'x'", "a = 'x'", True),
    ("a = '5'", "a = 5", None),
    ("a = 't'", "a = true", None),
    ("a > '2020-01-01'", "a > '2020-01-01 00:00:00'", None),
    ("a > '1 day'", "a > '24:00:00'", None),
    ("a = 'AAAA-1'", "a = 'aaaa-1'", None),
    ("length(a) > 1", "char_length(a) > 1", None),
    ("length(a) > 1", "length(a) > 2", False),
    ("length(a) > 1 and b = 1", "char_length(a) > 1 and b = 2", False),
    ("a similar to 'x'", "a ~ similar_to_escape('x')", None),
    ("a similar to 'x'", "a similar to 'x' ", True),
    ("a = 1 or f(b)", "a = 1 or g(b)", None),
]


@pytest.mark.parametrize(("one", "other", "answer"), ALIKE)
def test_alike(one: str, other: str, answer: bool | None) -> None:
    """No only where the server cannot have written one for the other; in both directions."""
    assert READER.equal(one, other) is answer
    assert READER.equal(other, one) is answer


DEFAULTS = [
    ("'x'::character varying", "varchar(9)", "'x'", "constant"),
    ("'x'", "varchar(9)", "'x'", "constant"),
    ("'x'::text", "text", "'x'", "constant"),
    ("''::text", "text", "''", "constant"),
    ("'it''s'::text", "text", "'it''s'", "constant"),
    ("('x')", "text", "'x'", "constant"),
    ("0", "integer", "0", "constant"),
    ("'0'", "integer", "0", "constant"),
    ("'-1'::integer", "integer", "-1", "constant"),
    ("- 1", "integer", "-1", "constant"),
    ("'0'::bigint", "bigint", "0", "constant"),
    ("'-1'::integer", "bigint", "-1", "constant"),
    ("'3000000000'::bigint", "bigint", "3000000000", "constant"),
    ("0.00", "numeric(9,2)", "0.00", "constant"),
    ("'-1.5'::numeric", "numeric(9,2)", "-1.5", "constant"),
    ("'0'::double precision", "float", "0", "constant"),
    ("true", "boolean", "true", "constant"),
    ("'t'::boolean", "boolean", "true", "constant"),
    ("'false'", "boolean", "false", "constant"),
    ("'0'", "boolean", "false", "constant"),
    ("now()", "timestamp", "now()", "stable"),
    ("CURRENT_TIMESTAMP", "timestamptz", "now()", "stable"),
    ("CURRENT_TIMESTAMP(3)", "timestamptz", "current_timestamp(3)", "stable"),
    ("LOCALTIMESTAMP", "timestamp", "localtimestamp", "stable"),
    ("CURRENT_DATE", "date", "current_date", "stable"),
    ("CURRENT_USER", "text", "current_user", "stable"),
    ("USER", "text", "current_user", "stable"),
    ("timezone('utc'::text, now())", "timestamp", "now() at time zone 'utc'", "stable"),
    ("(now() + '1 day'::interval)", "timestamptz", "now() + '1 day'::interval", "stable"),
    ("now() + interval '1 day'", "timestamptz", "now() + '1 day'::interval", "stable"),
    ("('now'::text)::date", "date", "'now'::text::date", "stable"),
    ("clock_timestamp()", "timestamptz", "clock_timestamp()", "volatile"),
    ("gen_random_uuid()", "uuid", "gen_random_uuid()", "volatile"),
    ("random() * 5", "float", "random() * 5", "volatile"),
    ("md5((random())::text)", "text", "md5(random()::text)", "volatile"),
    ("my.now()", "timestamptz", "my.now()", "volatile"),
    ("unknown_function()", "text", "unknown_function()", "volatile"),
    ("nextval('s'::regclass)", "integer", "nextval('s')", "sequence"),
    ("nextval('public.s'::regclass)", "integer", "nextval('public.s')", "sequence"),
    ("('a'::text || nextval('s'::regclass))", "text", "'a' || nextval('s')", "sequence"),
    ("'{}'::jsonb", "jsonb", "'{}'", "constant"),
    ("'{}'::integer[]", "integer[]", "'{}'", "constant"),
    ("ARRAY[]::integer[]", "integer[]", "array[]::integer[]", "constant"),
    ("ARRAY['a'::text]", "text[]", "array['a']", "constant"),
    ("'a'::mood", "mood", "'a'", "constant"),
    ("'a'::\"Mood\"", '"Mood"', "'a'", "constant"),
    ("'2020-01-01'::date", "date", "'2020-01-01'", "constant"),
    ("'2020-01-01 00:00:00'::timestamp without time zone", "timestamp(3)",
     "'2020-01-01 00:00:00'", "constant"),
    ("'1 day'::interval", "interval", "'1 day'", "constant"),
    ("lower('A'::text)", "varchar(9)", "lower('A')", "constant"),
    ("'x'::bpchar", "char(3)", "'x'", "constant"),
    ("'5'::text", "varchar(5)", "'5'", "constant"),
    ("B'101'", "bit(3)", "'101'", "constant"),
    ("'101'::\"bit\"", "bit(3)", "'101'", "constant"),
    ("1e3", "double precision", "1000", "constant"),
    ("X'1F'", "bit(8)", "X'1F'", "volatile"),  # not understood: as bad as can be
]  # fmt: skip


@pytest.mark.parametrize(("text", "type", "normal", "kind"), DEFAULTS)
def test_defaults(text: str, type: str, normal: str, kind: str) -> None:
    """One text, and how it behaves; the text read again is itself."""
    of = READER.type(type)
    found = READER.default(text, of)

    assert found is not None
    assert (found.text, found.kind) == (normal, kind)
    assert READER.default(normal, of) == found


@pytest.mark.parametrize("text", ["NULL", "NULL::character varying", "(null)"])
def test_a_null_is_no_default(text: str) -> None:
    """A column without default holds NULL, too."""
    assert READER.default(text, SqlType("varchar", (9,))) is None
