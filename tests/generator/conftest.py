"""What the generated tests have in common."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.generator.rotation import rotation
from tests.generator.summary import ROTATION


@pytest.fixture
def record(record_property: Callable[[str, object], None]) -> Callable[[str, object], None]:
    """Note a number for the summary at the end of the run."""
    record_property(ROTATION, rotation())
    return record_property
