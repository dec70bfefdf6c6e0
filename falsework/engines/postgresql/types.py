"""Types: from any spelling to one normal form, and from that to SQL.

The normal form names the type as the documentation does, with the short forms that people write:
``varchar(50)``, ``timestamp(3) with time zone``, ``integer``. A name that is not built in (an enum,
a domain) is kept as an identifier, with quotes where it needs them.
"""

from __future__ import annotations

import re
from functools import lru_cache

from falsework.engines.counting import Counters
from falsework.engines.postgresql.names import quoted, readable
from falsework.model.schema import SqlType

ARRAY = "[]"
ZONED = "with time zone"

_ALIASES = {
    "int": "integer",
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "serial": "integer",
    "serial2": "smallint",
    "serial4": "integer",
    "serial8": "bigint",
    "smallserial": "smallint",
    "bigserial": "bigint",
    "float4": "real",
    "float8": "double precision",
    "decimal": "numeric",
    "dec": "numeric",
    "bool": "boolean",
    "character varying": "varchar",
    "char varying": "varchar",
    "national character varying": "varchar",
    "national char varying": "varchar",
    "nchar varying": "varchar",
    "character": "char",
    "national character": "char",
    "national char": "char",
    "nchar": "char",
    "varbit": "bit varying",
    "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz",
    "time without time zone": "time",
    "time with time zone": "timetz",
}
_ZONES = {"timestamptz": "timestamp", "timetz": "time"}
_ONE = frozenset({"char", "bit"})  # without a length: one

SERIALS = {"smallint": "SMALLSERIAL", "integer": "SERIAL", "bigint": "BIGSERIAL"}

COUNTERS = Counters(
    {
        "smallint": (-(2**15), 2**15 - 1),
        "integer": (-(2**31), 2**31 - 1),
        "bigint": (-(2**63), 2**63 - 1),
    },
    type="bigint",
    cache=1,
)

BUILT_IN = frozenset(
    """
    smallint integer bigint numeric real money text varchar char bpchar boolean date timestamp time
    interval uuid json jsonb jsonpath bytea bit inet cidr macaddr macaddr8 oid name xml tsvector
    tsquery point line lseg box path polygon circle int4range int8range numrange tsrange tstzrange
    daterange int4multirange int8multirange nummultirange tsmultirange tstzmultirange
    datemultirange pg_lsn regclass regconfig regproc regprocedure regrole regtype regnamespace
    xid cid tid txid_snapshot pg_snapshot xid8
    """.split()
) | {"double precision", "bit varying"}

_TEXT = re.compile(
    r"""\s*(?P<name>"(?:[^"]|"")*"(?:\s*\.\s*(?:"(?:[^"]|"")*"|[\w$]+))?
           |[^\W\d][\w$]*\s*\.\s*(?:"(?:[^"]|"")*"|[\w$]+)
           |[^\W\d][\w$ ]*?)
        \s*(?:\((?P<args>[^()]*)\))?
        \s*(?P<tail>(?:with|without)\s+time\s+zone|varying)?
        \s*(?P<fields>(?:year|month|day|hour|minute|second)(?:\s+to\s+\w+)?)?
        \s*(?:\((?P<late>\d+)\))?
        \s*(?P<array>(?:\[\d*\]\s*)+|array(?:\s*\[\d*\])?)?
        \s*(?P<collate>collate\s+.*)?""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)


@lru_cache(maxsize=4096)
def parsed(text: str) -> SqlType:
    """The type that compiled DDL, ``format_type`` or a person spells; in doubt, the text itself."""
    match = _TEXT.fullmatch(text)
    if match is None:
        return SqlType(" ".join(text.split()))
    args = _args(match["args"] or match["late"])
    name = _name(match["name"], match["tail"])
    flags: tuple[str, ...] = ()
    if name in _ZONES:
        name, flags = _ZONES[name], (ZONED,)
    if match["fields"]:
        flags = (" ".join(match["fields"].lower().split()),)
    if name == "float":
        name, args = _float(args), ()
    if name == "bpchar" and args:
        name = "char"  # without a length it is not char(1)
    if match["array"]:
        flags = (*flags, ARRAY)
    return SqlType(name, _completed(name, args), flags)


def _args(text: str | None) -> tuple[int | str, ...]:
    if not text or not text.strip():
        return ()
    parts = (part.strip() for part in text.split(","))
    return tuple(int(p) if re.fullmatch(r"-?\d+", p) else p for p in parts)


def _name(text: str, tail: str | None) -> str:
    """The alias resolved, or the user's own type as an identifier without schema public."""
    words = " ".join(f"{text} {tail or ''}".lower().split())
    if '"' not in text and "." not in text:
        return _ALIASES.get(words, words)
    if text == '"char"':
        return text
    parts = [
        readable(p[1:-1].replace('""', '"') if p.startswith('"') else p.lower())
        for p in re.findall(r'"(?:[^"]|"")*"|[\w$]+', text)
    ]
    if parts[0] in ("public", "pg_catalog") and len(parts) == 2:
        return _built_in(parts[1]) if parts[0] == "pg_catalog" else parts[1]
    return ".".join(parts) if len(parts) > 1 else _built_in(parts[0])


def _built_in(name: str) -> str:
    """``"varchar"`` in quotes means the built-in type as well."""
    return _ALIASES.get(name, name)


def _float(args: tuple[int | str, ...]) -> str:
    return "real" if args and isinstance(args[0], int) and args[0] <= 24 else "double precision"


def _completed(name: str, args: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """Arguments that the server adds: char is char(1), numeric(5) is numeric(5,0)."""
    if not args and name in _ONE:
        return (1,)
    if name == "numeric" and len(args) == 1:
        return (*args, 0)
    return args


def spelled(type: SqlType) -> str:
    """The type as SQL."""
    args = f"({', '.join(map(str, type.args))})" if type.args else ""
    words = " ".join(f for f in type.flags if f != ARRAY)
    if type.name == "interval" and type.args and words:
        text = f"interval {words}{args}"  # the precision belongs to the seconds
    else:
        text = " ".join(filter(None, (type.name + args, words)))
    return text + (ARRAY if ARRAY in type.flags else "")


def is_serial(type: SqlType) -> bool:
    """Whether the type can count by itself."""
    return type.name in SERIALS and not type.flags


def element(type: SqlType) -> SqlType | None:
    """The element type of an array, None for other types."""
    if ARRAY not in type.flags:
        return None
    return SqlType(type.name, type.args, tuple(f for f in type.flags if f != ARRAY))


def collation(name: str) -> str:
    """A collation as SQL."""
    return quoted(name)
