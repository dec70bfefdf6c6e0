"""The catalog queries: one for each kind of object, for all tables at once.

``{tables}`` is the condition that says which tables: partitions belong to their parent, and the
journal's own tables are none of the application's. Parameters: ``schemas``, ``names`` (null: all).
Source: https://www.postgresql.org/docs/current/catalogs.html
"""

from __future__ import annotations

from falsework.model.engine import Version

_TABLES = r"""
    c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname NOT LIKE 'falsework\_%'
    AND c.relnamespace IN (SELECT oid FROM pg_catalog.pg_namespace
                           WHERE nspname = ANY (CAST(:schemas AS text[])))
    AND (CAST(:names AS text[]) IS NULL OR c.relname = ANY (CAST(:names AS text[])))
"""

_TABLE = """
SELECT c.oid, n.nspname, c.relname, s.description, c.relkind = 'p', c.relpersistence = 'u',
       c.relrowsecurity,
       EXISTS (SELECT 1 FROM pg_catalog.pg_inherits h WHERE h.inhrelid = c.oid)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_description s ON s.classoid = 'pg_catalog.pg_class'::regclass
    AND s.objoid = c.oid AND s.objsubid = 0
WHERE {tables} ORDER BY n.nspname, c.relname
"""

_COLUMN = """
SELECT a.attrelid, a.attnum, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod),
       a.attnotnull, pg_catalog.pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated,
       a.attcollation, CASE WHEN a.attcollation <> t.typcollation THEN k.collname END,
       d.oid IS NOT NULL AND EXISTS (
           SELECT 1 FROM pg_catalog.pg_depend o JOIN pg_catalog.pg_class s ON s.oid = o.objid
           WHERE s.relkind = 'S' AND o.classid = 'pg_catalog.pg_class'::regclass
             AND o.refclassid = 'pg_catalog.pg_class'::regclass AND o.deptype = 'a'
             AND o.refobjid = a.attrelid AND o.refobjsubid = a.attnum),
       x.description,
       CASE WHEN a.attidentity <> '' THEN (
           SELECT ARRAY[q.seqstart, q.seqincrement, q.seqmin, q.seqmax, q.seqcycle::int, q.seqcache]
           FROM pg_catalog.pg_depend o JOIN pg_catalog.pg_sequence q ON q.seqrelid = o.objid
           WHERE o.classid = 'pg_catalog.pg_class'::regclass AND o.deptype = 'i'
             AND o.refclassid = 'pg_catalog.pg_class'::regclass
             AND o.refobjid = a.attrelid AND o.refobjsubid = a.attnum) END
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_catalog.pg_collation k ON k.oid = a.attcollation AND a.attcollation <> t.typcollation
LEFT JOIN pg_catalog.pg_description x ON x.classoid = 'pg_catalog.pg_class'::regclass
    AND x.objoid = a.attrelid AND x.objsubid = a.attnum
WHERE {tables} ORDER BY a.attrelid, a.attnum
"""

# A foreign key to a partitioned table has a row for each partition; conparentid tells them apart.
_CONSTRAINT = """
SELECT o.conrelid, o.conname, o.contype, o.convalidated, o.condeferrable, o.condeferred, o.conkey,
       o.confupdtype, o.confdeltype, o.confmatchtype, pn.nspname, p.relname,
       CASE WHEN o.contype = 'f' THEN ARRAY(
           SELECT a.attname::text FROM unnest(o.confkey) WITH ORDINALITY u (attnum, place)
           JOIN pg_catalog.pg_attribute a ON a.attrelid = o.confrelid AND a.attnum = u.attnum
           ORDER BY u.place) END,
       CASE WHEN o.contype = 'c' THEN pg_catalog.pg_get_expr(o.conbin, o.conrelid) END,
       o.conindid, {column_list}, {enforced}, {period},
       CASE WHEN o.contype = 'x' THEN ARRAY(
           SELECT p.oprname::text FROM unnest(o.conexclop) WITH ORDINALITY u (operator, place)
           JOIN pg_catalog.pg_operator p ON p.oid = u.operator ORDER BY u.place) END
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_constraint o ON o.conrelid = c.oid
LEFT JOIN pg_catalog.pg_class p ON p.oid = o.confrelid AND o.contype = 'f'
LEFT JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
WHERE {tables} AND o.conparentid = 0 AND o.contype IN ('p', 'u', 'f', 'c', 'x', 'n')
"""

_INDEX = """
SELECT i.indrelid, i.indexrelid, x.relname, m.amname, i.indisunique, i.indisvalid,
       i.indkey::int2[], i.indnkeyatts, i.indoption::int2[], i.indcollation::oid[],
       pg_catalog.pg_get_expr(i.indpred, i.indrelid),
       CASE WHEN i.indexprs IS NOT NULL THEN ARRAY(
           SELECT pg_catalog.pg_get_indexdef(i.indexrelid, n, false)
           FROM generate_series(1, i.indnkeyatts) n) END,
       CASE WHEN i.indexprs IS NOT NULL OR i.indpred IS NOT NULL THEN ARRAY(
           SELECT d.refobjsubid FROM pg_catalog.pg_depend d
           WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = i.indexrelid
             AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = i.indrelid
             AND d.refobjsubid > 0) END,
       i.indclass::oid[], {nulls}, x.reloptions::text[]
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_index i ON i.indrelid = c.oid
JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_am m ON m.oid = x.relam
WHERE {tables}
"""

WORDS = """
SELECT oid, 'opclass', opcname FROM pg_catalog.pg_opclass WHERE NOT opcdefault
UNION ALL SELECT oid, 'collation', collname FROM pg_catalog.pg_collation
WHERE oid IN (SELECT unnest(indcollation) FROM pg_catalog.pg_index WHERE indrelid >= 16384)
"""

_TRIGGER = """
SELECT t.tgrelid, t.tgname, pg_catalog.pg_get_triggerdef(t.oid), f.prosrc
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal
JOIN pg_catalog.pg_proc f ON f.oid = t.tgfoid
WHERE {tables}
"""

# Views of any schema: one over our tables is in the way of a change wherever it lies.
_VIEW = """
SELECT vn.nspname, v.relname, v.relkind = 'm', pg_catalog.pg_get_viewdef(v.oid), n.nspname,
       c.relname, ARRAY(SELECT DISTINCT a.attname::text
                        FROM unnest(array_agg(d.refobjsubid)) u (attnum)
                        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.attnum
                        WHERE u.attnum > 0)
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_class'::regclass
    AND d.refobjid = c.oid AND d.classid = 'pg_catalog.pg_rewrite'::regclass
JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid
JOIN pg_catalog.pg_class v ON v.oid = r.ev_class AND v.oid <> c.oid AND v.relkind IN ('v', 'm')
JOIN pg_catalog.pg_namespace vn ON vn.oid = v.relnamespace
WHERE {tables}
GROUP BY vn.nspname, v.relname, v.relkind, v.oid, n.nspname, c.relname, c.oid
ORDER BY 1, 2, 5, 6
"""

# Those of the schemas, and those of any schema that the tables use.
_TYPE = """
SELECT t.typtype, n.nspname, t.typname, pg_catalog.format_type(t.oid, NULL),
       ARRAY(SELECT e.enumlabel::text FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid
             ORDER BY e.enumsortorder),
       pg_catalog.format_type(b.oid, t.typtypmod), t.typnotnull,
       pg_catalog.pg_get_expr(t.typdefaultbin, 0),
       CASE WHEN t.typcollation <> b.typcollation THEN k.collname END,
       ARRAY(SELECT o.conname::text FROM pg_catalog.pg_constraint o
             WHERE o.contypid = t.oid AND o.contype = 'c' ORDER BY o.conname),
       ARRAY(SELECT pg_catalog.pg_get_expr(o.conbin, 0) FROM pg_catalog.pg_constraint o
             WHERE o.contypid = t.oid AND o.contype = 'c' ORDER BY o.conname)
FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
LEFT JOIN pg_catalog.pg_collation k ON k.oid = t.typcollation
WHERE t.typtype IN ('e', 'd') AND (
    n.nspname = ANY (CAST(:schemas AS text[])) OR EXISTS (
        SELECT 1 FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
        WHERE {tables} AND a.atttypid IN (t.oid, t.typarray)))
  AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_type'::regclass AND d.objid = t.oid
                    AND d.deptype = 'e')
ORDER BY n.nspname, t.typname
"""

# Not those of a column: serial's and identity's go with it.
_SEQUENCE = """
SELECT n.nspname, c.relname, pg_catalog.format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement,
       s.seqmin, s.seqmax, s.seqcycle, s.seqcache
FROM pg_catalog.pg_sequence s JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY (CAST(:schemas AS text[])) AND NOT EXISTS (
    SELECT 1 FROM pg_catalog.pg_depend d
    WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid
      AND d.deptype IN ('a', 'i', 'e'))
ORDER BY n.nspname, c.relname
"""

# Rows grow with the file, as the server's own planner assumes. A table that was never analyzed has
# no density; its pages divided by the width of its columns stand in, as they do for that planner.
ROWS = r"""
SELECT n.nspname, s.relname, sum(CASE
    WHEN s.pages = 0 THEN 0
    WHEN s.reltuples >= 0 AND s.relpages > 0 THEN s.reltuples / s.relpages * s.pages
    ELSE s.pages * (current_setting('block_size')::int - 24) / (28 + (
        SELECT coalesce(sum(CASE WHEN a.attlen > 0 THEN a.attlen ELSE 32 END), 0)
        FROM pg_catalog.pg_attribute a WHERE a.attrelid = s.oid AND a.attnum > 0))
    END)::bigint
FROM (
    SELECT c.relnamespace, c.relname, l.oid, l.reltuples, l.relpages,
           pg_catalog.pg_relation_size(l.oid) / current_setting('block_size')::int AS pages
    FROM pg_catalog.pg_class c
    CROSS JOIN LATERAL (
        SELECT c.oid AS leaf WHERE c.relkind = 'r'
        UNION ALL SELECT p.relid FROM pg_catalog.pg_partition_tree(c.oid) p
        WHERE c.relkind = 'p' AND p.isleaf AND p.relid <> c.oid) t
    JOIN pg_catalog.pg_class l ON l.oid = t.leaf
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname NOT LIKE 'falsework\_%'
) s JOIN pg_catalog.pg_namespace n ON n.oid = s.relnamespace
WHERE (n.nspname, s.relname) IN (
    SELECT * FROM unnest(CAST(:schemas AS text[]), CAST(:names AS text[])))
GROUP BY 1, 2
"""


SIZES = r"""
SELECT n.nspname, c.relname, (
    pg_catalog.pg_total_relation_size(c.oid) + coalesce((
        SELECT sum(pg_catalog.pg_total_relation_size(p.relid))
        FROM pg_catalog.pg_partition_tree(c.oid) p
        WHERE c.relkind = 'p' AND p.relid <> c.oid), 0))::bigint
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND (n.nspname, c.relname) IN (
    SELECT * FROM unnest(CAST(:schemas AS text[]), CAST(:names AS text[])))
"""


# Without an entry of its own a table has the ordinary one: all for its owner.
_GRANT = """
SELECT n.nspname, c.relname,
       CASE WHEN a.grantee = 0 THEN '' ELSE pg_catalog.pg_get_userbyid(a.grantee) END,
       array_agg(a.privilege_type::text ORDER BY a.privilege_type)
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL pg_catalog.aclexplode(
    coalesce(c.relacl, pg_catalog.acldefault('r', c.relowner))) a
WHERE {tables} AND a.grantee <> (
    SELECT oid FROM pg_catalog.pg_roles WHERE rolname = current_user)
GROUP BY n.nspname, c.relname, a.grantee ORDER BY n.nspname, c.relname, 3
"""


def grants() -> str:
    """Who may do what with each table, but the session's own role."""
    return _GRANT.format(tables=_TABLES)


def tables() -> str:
    """oid, schema, name, comment, and what makes a table more than a plain one."""
    return _TABLE.format(tables=_TABLES)


def columns() -> str:
    """In table order."""
    return _COLUMN.format(tables=_TABLES)


def constraints(version: Version) -> str:
    """All of pg_constraint but the parts that partitions repeat; later columns where they exist."""
    return _CONSTRAINT.format(
        tables=_TABLES,
        column_list="o.confdelsetcols IS NOT NULL" if version >= (15,) else "false",
        enforced="o.conenforced" if version >= (18,) else "true",
        period="o.conperiod" if version >= (18,) else "false",
    )


def indexes(version: Version) -> str:
    """Every index, those of constraints and broken ones, too."""
    return _INDEX.format(
        tables=_TABLES, nulls="i.indnullsnotdistinct" if version >= (15,) else "false"
    )


def triggers() -> str:
    """Triggers of users, with the source of their functions."""
    return _TRIGGER.format(tables=_TABLES)


def types() -> str:
    """E or d, schema, name, what columns of it say; labels in order; base and rules of a domain.

    Not what an extension brought.
    """
    return _TYPE.format(tables=_TABLES)


def sequences() -> str:
    """schema, name, type, options; those that are no column's own."""
    return _SEQUENCE


def views() -> str:
    """A row for each view and table it reads."""
    return _VIEW.format(tables=_TABLES)
