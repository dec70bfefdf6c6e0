"""What an upgrade takes once rows that nobody needs are gone."""

from falsework.model.purge import purged, saved
from tests.report.plans import CREATE, DROP, ENFORCE, FILL, INSTANCES

STEPS = (CREATE, FILL, ENFORCE, DROP)


def test_a_table_that_lost_most_of_its_rows() -> None:
    """Rows, bytes, times, room and the wait of others shrink; the catalog's work does not."""
    create, fill, enforce, drop = purged(STEPS, {INSTANCES: 0.75})
    assert (create, drop) == (CREATE, DROP)
    assert (fill.rows, fill.size) == (300_000_000, 60_000_000_000)
    assert (fill.least, fill.forecast, fill.disk) == (50.0, 2_750.0, 120_000_000_000)
    assert (ENFORCE.stall, enforce.stall) == (600.0, 150.0)
    assert saved(STEPS, {INSTANCES: 0.75}) == (600.0, 8_700.0)


def test_nothing_to_purge() -> None:
    """Leaves everything as it is."""
    assert purged(STEPS, {}) == STEPS
    assert saved(STEPS, {}) == (0.0, 0.0)
