"""One normal form: of what people write, and of what each server makes of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from falsework.engines.innodb.compare import same
from falsework.engines.innodb.expressions import condition, normalized, understood
from falsework.engines.innodb.tree import show

# As written; as MySQL 9.7 prints it; as MariaDB 10.11 and 11.8 print it.
SPELLINGS = {
    "a >= 0 AND a <= 100": ("((`a` >= 0) and (`a` <= 100))", "`a` >= 0 and `a` <= 100"),
    "a BETWEEN 1 AND 5": ("(`a` between 1 and 5)", "`a` between 1 and 5"),
    "s IN ('x', 'y')": ("(`s` in (_utf8mb4'x',_utf8mb4'y'))", "`s` in ('x','y')"),
    "s NOT IN ('q')": ("(`s` <> _utf8mb4'q')", "`s` <> 'q'"),
    "s LIKE 'a%'": ("(`s` like _utf8mb4'a%')", "`s` like 'a%'"),
    "s NOT LIKE 'b%'": ("(not((`s` like _utf8mb4'b%')))", "`s`  not like 'b%'"),
    r"s LIKE 'a\_b' ESCAPE '!'": (
        r"(`s` like _utf8mb4'a\\_b' escape _utf8mb4'!')",
        r"`s` like 'a\\_b' escape '!'",
    ),
    "a % 2 = 0": ("((`a` % 2) = 0)", "`a` MOD 2 = 0"),
    "a DIV 2 = 1": ("((`a` DIV 2) = 1)", "`a` DIV 2 = 1"),
    "s IS NOT NULL": ("(`s` is not null)", "`s` is not null"),
    "a > 1 OR s = 'b'": ("((`a` > 1) or (`s` = _utf8mb4'b'))", "`a` > 1 or `s` = 'b'"),
    "length(s) < 10": ("(length(`s`) < 10)", "octet_length(`s`) < 10"),
    "lower(s) = s": ("(lower(`s`) = `s`)", "lcase(`s`) = `s`"),
    "substring(s, 1, 2) = 'ab'": ("(substr(`s`,1,2) = _utf8mb4'ab')", "substr(`s`,1,2) = 'ab'"),
    "s <> 'it''s'": (r"(`s` <> _utf8mb4'it\'s')", r"`s` <> 'it\'s'"),
    "NOT (a = 1)": ("(`a` <> 1)", "`a` <> 1"),
    "a != 4": ("(`a` <> 4)", "`a` <> 4"),
    "a > -1": ("(`a` > -(1))", "`a` > -1"),
    "coalesce(a, b) = 1 XOR a > 2": (
        "((coalesce(`a`,`b`) = 1) xor (`a` > 2))",
        "coalesce(`a`,`b`) = 1 xor `a` > 2",
    ),
    "s REGEXP '^a'": ("regexp_like(`s`,_utf8mb4'^a')", "`s` regexp '^a'"),
    "a + b * 2 > (a + b) * 2": (
        "((`a` + (`b` * 2)) > ((`a` + `b`) * 2))",
        "`a` + `b` * 2 > (`a` + `b`) * 2",
    ),
    "a <=> 1 OR NOT a <=> 2": (
        "((`a` <=> 1) or (not((`a` <=> 2))))",
        "`a` <=> 1 or !(`a` <=> 2)",
    ),
    "a IS TRUE": ("((0 <> `a`) is true)", "`a` is true"),
    "a IS NOT TRUE": ("((0 <> `a`) is not true)", "`a` is not true"),
    "a > 1 && b > 2 || b < 3": (
        "(((`a` > 1) and (`b` > 2)) or (`b` < 3))",
        "`a` > 1 and `b` > 2 or `b` < 3",
    ),
    "date_add('2020-01-01', INTERVAL 1 DAY) > '2001-01-01'": (
        "((_utf8mb4'2020-01-01' + interval 1 day) > _utf8mb4'2001-01-01')",
        "'2020-01-01' + interval 1 day > '2001-01-01'",
    ),
    "s = BINARY 'a'": (
        "(`s` = cast(_utf8mb4'a' as char charset binary))",
        "`s` = cast('a' as char charset binary)",
    ),
    "a & 1 = 1 AND (a | 2) > 0 AND a << 1 > 2": (
        "(((`a` & 1) = 1) and ((`a` | 2) > 0) and ((`a` << 1) > 2))",
        "`a` & 1 = 1 and `a` | 2 > 0 and `a` << 1 > 2",
    ),
    "flag = true": ("(`flag` = true)", "`flag` = 1"),
    "NOT flag": ("(0 = `flag`)", "`flag` = 0"),
    "a > 1 AND flag": ("((`a` > 1) and (0 <> `flag`))", "`a` > 1 and `flag` <> 0"),
    "(a > 1) = (b < 2)": ("((`a` > 1) = (`b` < 2))", "`a` > 1 = (`b` < 2)"),
    "(a BETWEEN 1 AND 2) IS TRUE": (
        "((`a` between 1 and 2) is true)",
        "`a` between 1 and 2 is true",
    ),
    "doc->'$.a' = 1": ("(json_extract(`doc`,_utf8mb4'$.a') = 1)", "json_extract(`doc`,'$.a') = 1"),
    "CASE WHEN a > 1 THEN b ELSE NULL END > 0": (
        "((case when (`a` > 1) then `b` else NULL end) > 0)",
        "case when `a` > 1 then `b` else NULL end > 0",
    ),
}


@pytest.mark.parametrize("written", SPELLINGS)
def test_one_normal_form(written: str) -> None:
    """The three spellings are one, and the normal form is its own."""
    normal = condition(written)

    assert understood(written) is not None
    assert {condition(text) for text in SPELLINGS[written]} == {normal}
    assert condition(normal) == normal


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        ("a > 1", "a > 2", False),
        ("a > 1", "b > 1", False),
        ("a > 1", "a >= 1", False),
        ("a > 1", "A > 1.0", True),
        ("s = 'x'", "s = 'y'", False),
        ("d > '2020-01-01'", "d > '2020-1-1'", None),
        ("lower(s) = 'a'", "upper(s) = 'a'", None),
        ("a = '5'", "a = 5", None),
        ("a in (select 1)", "a in (select 2)", None),
        ("a in (select 1)", "A  IN (SELECT 1)", True),
        ("x in (select 1)", "x in  (select 1)", True),
    ],
)
def test_no_is_said_only_where_it_is_sure(one: str, other: str, answer: bool | None) -> None:
    """What a server may have respelled stays undecided."""
    assert same(normalized(one), normalized(other)) is answer


@pytest.mark.parametrize(
    "text", ["", "a >", "a > )", "(select 1)", "'open", "match (a) against ('x')", "@a > 1", "a b"]
)
def test_what_is_not_understood_is_left_alone(text: str) -> None:
    """Never an error, never a guess."""
    assert understood(text) is None
    assert normalized(text) == normalized(normalized(text))


names = st.sampled_from(["a", "b", "Mixed", "order", "it`s", "näme"])
literals = st.one_of(
    st.integers(-5, 300).map(str),
    st.sampled_from(["'x'", "'it''s'", "'100 %'", r"'\\'", "null", "x'0f'", "1.50"]),
)
leaves = st.one_of(names.map(lambda n: "`" + n.replace("`", "``") + "`"), literals)


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, inner)
    return st.one_of(
        st.tuples(
            pair, st.sampled_from("+ - * / % & | ^ << >> = <> < <=> and or xor like".split())
        ).map(lambda p: f"({p[0][0]}) {p[1]} ({p[0][1]})"),
        inner.map(lambda x: f"not ({x})"),
        inner.map(lambda x: f"-({x})"),
        inner.map(lambda x: f"({x}) is not null"),
        inner.map(lambda x: f"({x}) is true"),
        pair.map(lambda p: f"({p[0]}) in ({p[1]}, 7)"),
        pair.map(lambda p: f"({p[0]}) between ({p[1]}) and 3"),
        pair.map(lambda p: f"if(({p[0]}), {p[1]}, 1)"),
        pair.map(lambda p: f"case when {p[0]} then {p[1]} end"),
    )


@given(st.recursive(leaves, _grown, max_leaves=12))
def test_the_normal_form_is_stable(text: str) -> None:
    """It is understood, says the same tree, and is its own normal form."""
    written = understood(text)
    assert written is not None
    assert understood(show(written)) == written

    normal = condition(text)
    assert condition(normal) == normal
    assert same(normal, normal) is True
