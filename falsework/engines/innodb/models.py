"""What becomes of SQLAlchemy's DDL on both servers: options, character sets, indexes, names."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import count

from msgspec.structs import replace
from sqlalchemy import Dialect

from falsework.engines.base import Unnamed
from falsework.engines.innodb import expressions
from falsework.engines.innodb.defaults import split_on_update
from falsework.engines.innodb.definitions import ON_UPDATE, plain_columns, whole_columns
from falsework.engines.innodb.names import check
from falsework.engines.innodb.session import Defaults, known_defaults
from falsework.engines.innodb.types import (
    TEXTS,
    USUAL,
    charset_in,
    charset_of,
    collation_in,
    in_charset,
)
from falsework.errors import ConfigError
from falsework.model.schema import (
    Action,
    Column,
    ForeignKey,
    Index,
    PrimaryKey,
    SqlType,
    Table,
    UniqueConstraint,
)

# As models write them behind ``mysql_`` or ``mariadb_``.
TABLE_OPTIONS = frozenset(
    {
        *("engine", "charset", "default_charset", "collate", "default_collate", "comment"),
        *("default charset", "default character set", "character set", "default collate"),
        *("default_character_set", "character_set", "row_format", "key_block_size"),
        *("ENGINE", "DEFAULT CHARSET", "CHARSET", "COLLATE", "ROW_FORMAT", "KEY_BLOCK_SIZE"),
        "COMMENT",
    }
)
_TEXT = re.compile(r"'(?:[^'\\]|\\.|'')*'", re.DOTALL)
_OPTION = re.compile(r"\b(ENGINE|ROW_FORMAT|KEY_BLOCK_SIZE)\s*=?\s*(\w+)", re.IGNORECASE)
_GENERATED_KEY = re.compile(r"_ibfk_\d+")


# Characters; errors 1628 and 1629 beyond them.
TABLE_COMMENT, COLUMN_COMMENT = 2048, 1024


@lru_cache(maxsize=256)
def options(suffix: str) -> tuple[str, ...]:
    """What the models say of the table, in the words of ``rows.table_options``.

    A comment may hold any of these words.
    """
    suffix = _TEXT.sub("''", suffix)
    said = {key.upper(): value for key, value in _OPTION.findall(suffix)}
    charset, collation = charset_in(suffix), collation_in(suffix)
    if charset is not None:
        said["CHARSET"] = charset
    if collation is not None:
        said["COLLATE"] = collation
    return tuple(sorted(f"{key}={value}" for key, value in said.items()))


def foreign_key_name(table: str, taken: Container[str]) -> str:
    """As both servers number foreign keys without a name."""
    return next(name for n in count(1) if (name := f"{table}_ibfk_{n}") not in taken)


def key_name(first: str, taken: Container[str]) -> str:
    """As both servers name a key without one: after its first column."""
    if first not in taken and first.upper() != "PRIMARY":
        return first
    return next(name for n in count(2) if (name := f"{first}_{n}") not in taken)


def name_of(kind: Unnamed, table: str, columns: Sequence[str], taken: Container[str]) -> str | None:
    """The names that both servers make up alike; None for others."""
    if kind is Unnamed.UNIQUE:
        return key_name(columns[0], taken)
    return foreign_key_name(table, taken) if kind is Unnamed.FOREIGN_KEY else None


def settled(
    table: Table, live: Table | None, dialect: Dialect, *, descending_serves: bool
) -> Table:
    """The table with everything that the server adds or says in its own way.

    ``descending_serves``  whether an index in descending order spares a foreign key its own one
    """
    _check_names(table)
    if table.comment or any(c.comment for c in table.columns):
        table = _commented(table)
    defaults = known_defaults(dialect)
    said = _said(table, live, defaults)
    key = table.primary_key
    picture = replace(
        table,
        options=_unusual(said, table, defaults),
        columns=tuple(_column(c, said.get("COLLATE"), defaults) for c in table.columns),
        primary_key=PrimaryKey(key.columns) if key else None,
        checks=tuple(replace(c, text=expressions.condition(c.text)) for c in table.checks),
        foreign_keys=tuple(map(_one_restriction, table.foreign_keys)),
    )
    return _with_key_indexes(_one_kind_of_unique(picture), live, descending_serves)


def _check_names(table: Table) -> None:
    """Whatever the models name must be a name here."""
    names = [table.name.name, *table.column_names]
    names += [u.name for u in table.uniques if u.name]
    names += [f.name for f in table.foreign_keys if f.name]
    names += [c.name for c in table.checks if c.name]
    names += [i.name for i in table.indexes]
    try:
        check(names)
    except ValueError as error:
        raise ConfigError(
            f"table {table.name.name}: {error}",
            why="the server would refuse it, or cut it short",
            do="give it another name in the models",
        ) from None


def _commented(table: Table) -> Table:
    """With its comments as the catalog keeps them. Raises ConfigError for one that is too long."""
    table = _first_plane(table)
    _check_comment(f"table {table.name.name}", table.comment, TABLE_COMMENT)
    for column in table.columns:
        _check_comment(f"column {table.name.name}.{column.name}", column.comment, COLUMN_COMMENT)
    return table


def _first_plane(table: Table) -> Table:
    """Comments as the catalog keeps them: of characters beyond the first plane a question mark."""

    def kept(text: str | None) -> str | None:
        return text and _BEYOND.sub("?", text)

    columns = tuple(replace(c, comment=kept(c.comment)) for c in table.columns)
    return replace(table, columns=columns, comment=kept(table.comment))


_BEYOND = re.compile("[\U00010000-\U0010ffff]")


def _check_comment(where: str, text: str | None, most: int) -> None:
    if text is not None and len(text) > most:
        raise ConfigError(
            f"{where}: its comment has {len(text)} characters, and {most} are the most here",
            why="the server would refuse it",
            do="shorten it in the models",
        )


def _one_restriction(key: ForeignKey) -> ForeignKey:
    """RESTRICT is what NO ACTION does here, and the catalogs do not agree on the word."""

    def plain(action: Action) -> Action:
        return Action.NO_ACTION if action is Action.RESTRICT else action

    return replace(key, on_delete=plain(key.on_delete), on_update=plain(key.on_update))


def _said(table: Table, live: Table | None, defaults: Defaults | None) -> dict[str, str]:
    """The options of a table: as said, else as they are live, else as the database has them."""
    said = _pairs(table.options)
    found = _pairs(live.options) if live else {}
    collation = found.pop("COLLATE", None) or _collation(table, defaults)
    charset = said.pop("CHARSET", None)
    if "COLLATE" not in said and charset is not None and defaults is not None:
        kept = live is not None and collation is not None and charset == charset_of(collation)
        collation = collation if kept else defaults.collations.get(charset)
    found |= {"COLLATE": collation} if collation else {}
    return found | said


def _unusual(said: dict[str, str], table: Table, defaults: Defaults | None) -> tuple[str, ...]:
    """The options that a table which says nothing would not have."""
    options = {k: v for k, v in said.items() if (k, v) != ("ENGINE", "InnoDB")}
    collation = options.pop("COLLATE", None)
    if collation is not None and collation != _collation(table, defaults):
        options |= {"CHARSET": charset_of(collation), "COLLATE": collation}
    else:
        options.pop("CHARSET", None)
    return tuple(sorted(f"{key}={value}" for key, value in options.items()))


def _pairs(options: Iterable[str]) -> dict[str, str]:
    return {key: value for key, _, value in (o.partition("=") for o in options)}


def _collation(table: Table, defaults: Defaults | None) -> str | None:
    """What the table's schema says."""
    return defaults.schemas.get(table.name.schema) if defaults else None


def _column(column: Column, table: str | None, defaults: Defaults | None) -> Column:
    """The column with its character set, and ON UPDATE in its place; ``table`` is a collation."""
    type, collation = column.type, column.collation
    default, attributes = column.default, column.attributes
    if type.name in TEXTS:
        type, collation = _text(type, collation, table, defaults)
    elif default is None:
        return column
    if default is not None:
        text, update = split_on_update(default.text)
        default = replace(default, text=text)
        attributes += (ON_UPDATE + update,) if update else ()
    return replace(column, type=type, collation=collation, default=default, attributes=attributes)


def _text(
    type: SqlType, collation: str | None, table: str | None, defaults: Defaults | None
) -> tuple[SqlType, str | None]:
    """A type with its character set, and its collation where that is not the table's."""
    if collation is None and type.flags and defaults is not None:
        collation = defaults.collations.get(type.flags[0])
    own = collation or table
    charset = charset_of(own) if own else type.flags[0] if type.flags else USUAL
    return in_charset(type, charset), None if collation == table else collation


def _one_kind_of_unique(table: Table) -> Table:
    """A unique index over whole columns is a unique constraint: the catalog knows no difference."""
    indexes = [_ordinary(index) for index in table.indexes]
    uniques = tuple(
        UniqueConstraint(i.name, columns)
        for i in indexes
        if i.unique and (columns := plain_columns(i)) is not None
    )
    named = {u.name for u in uniques}
    others = tuple(i for i in indexes if not i.unique or i.name not in named)
    return replace(table, uniques=(*table.uniques, *uniques), indexes=others)


def _ordinary(index: Index) -> Index:
    """InnoDB makes a tree where a hash is asked for."""
    return replace(index, method=None) if index.method in ("hash", "btree") else index


def _with_key_indexes(table: Table, live: Table | None, descending: bool) -> Table:
    """With the index that the server makes for a foreign key that finds none."""
    serving = table if descending else replace(table, indexes=tuple(map(_rising, table.indexes)))
    found = _key_indexes(table, [*leading(serving)], live.indexes if live else ())
    return replace(table, indexes=(*table.indexes, *found))


def _rising(index: Index) -> Index:
    """The index as far as its columns ascend."""
    falls = (i for i, entry in enumerate(index.columns) if entry.endswith(" DESC"))
    return replace(index, columns=index.columns[: next(falls, None)])


def _key_indexes(
    table: Table, there: list[tuple[str, ...]], live: tuple[Index, ...]
) -> Iterator[Index]:
    """One for each foreign key that none is there for; by the name that it has already."""
    taken = {i.name for i in table.indexes} | {u.name for u in table.uniques}
    for key in table.foreign_keys:
        if any(columns[: len(key.columns)] == key.columns for columns in there):
            continue
        made = (i.name for i in live if plain_columns(i) == key.columns and i.name not in taken)
        name = next(made, None) or _index_name(table, key, taken)
        taken.add(name)
        there.append(key.columns)
        yield Index(name, key.columns, uses=tuple(sorted(key.columns)))


def _index_name(table: Table, key: ForeignKey, taken: Container[str | None]) -> str:
    prefix = f"{table.name.name}"
    made_up = key.name is None or (
        key.name.startswith(prefix) and _GENERATED_KEY.fullmatch(key.name[len(prefix) :])
    )
    if key.name is not None and not made_up:
        return key.name
    return next(n for n in _numbered(key.columns[0]) if n not in taken)


def _numbered(first: str) -> Iterator[str]:
    yield first
    yield from (f"{first}_{n}" for n in count(2))


def leading(table: Table) -> Iterator[tuple[str, ...]]:
    """The columns by which each key and index of the table can be looked up."""
    if table.primary_key is not None:
        yield table.primary_key.columns
    yield from (u.columns for u in table.uniques)
    yield from (whole_columns(i) for i in table.indexes)
