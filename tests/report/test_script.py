"""The text of a script; that it does the same as the phases is held by ``tests/cases``."""

from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace

from falsework.engines.postgresql import DRIVER
from falsework.model.plan import Statement
from falsework.report.plan import Standing
from falsework.report.script import script_text
from tests.report.plans import CREATE, DROP, PLAN, REFUSALS, undated

STANDING = Standing("db1.example.org/nova, schema public", budget=1.0)


def test_the_whole_script(golden: Callable[[Path, str], None]) -> None:
    """Each step under its id, with its waits, in its transaction or outside of one."""
    text = script_text(PLAN, STANDING, DRIVER.script)

    golden(Path(__file__).with_name("script.sql"), undated(PLAN, text))


def test_only_what_is_left() -> None:
    """Steps that are done stay out; where all are, nothing is there to run."""
    done = frozenset(s.id for s in PLAN.steps)

    rest = script_text(PLAN, Standing("db1", done - {DROP.id}), DRIVER.script)
    nothing = script_text(PLAN, Standing("db1", done), DRIVER.script)

    assert CREATE.id not in rest
    assert DROP.id in rest
    assert all(line.startswith("-- ") for line in nothing.splitlines())


def test_a_refused_plan_runs_nothing() -> None:
    """Whoever pipes it into a client without looking has changed nothing."""
    plan = replace(PLAN, refusals=REFUSALS)

    text = script_text(plan, STANDING, DRIVER.script)

    assert REFUSALS[0].do in text
    assert all(line.startswith("-- ") for line in text.splitlines())


def test_rights_are_part_of_the_step() -> None:
    """A table that nobody may use is none; both are there, or neither."""
    work = Statement(("CREATE TABLE t (id integer)",), grants=("GRANT SELECT ON t TO app",))
    plan = replace(PLAN, steps=(replace(CREATE, work=work),))

    text = script_text(plan, STANDING, DRIVER.script)

    assert "BEGIN;\nCREATE TABLE t (id integer);\nGRANT SELECT ON t TO app;\nCOMMIT;\n" in text


def test_no_name_ends_a_comment() -> None:
    """What stands behind a line end in a name would be run."""
    step = replace(CREATE, id="a\nDROP TABLE t;/create", title="b\rDROP TABLE t;")
    plan = replace(PLAN, steps=(step,))

    text = script_text(plan, STANDING, DRIVER.script)

    assert not any(line.startswith("DROP") for line in text.splitlines())
