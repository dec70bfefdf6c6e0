"""The only place that runs a step: run lock, journal, statements, fills, resume.

``run`` brings a database through one phase of a plan; ``Journal.open`` says where it stands;
``adopt`` records the present schema as the one that a release owns.
"""

from falsework.migrate.adopt import adopt
from falsework.migrate.executor import run
from falsework.migrate.journal import Entry, Journal, Progress, State
from falsework.migrate.observer import Event, Moment, Observer
from falsework.migrate.settings import Outcome, Settings, StepOutcome

__all__ = [
    "Entry",
    "Event",
    "Journal",
    "Moment",
    "Observer",
    "Outcome",
    "Progress",
    "Settings",
    "State",
    "StepOutcome",
    "adopt",
    "run",
]
