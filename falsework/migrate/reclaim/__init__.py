"""db-reclaim: take rows away that were marked deleted long ago, with all that hangs on them.

``reclaim`` does it, ``count`` says what it would do; both take the ``Kinds`` of a run.
"""

from falsework.migrate.reclaim.counting import count
from falsework.migrate.reclaim.kinds import Kinds
from falsework.migrate.reclaim.outcome import Felling, Held, Reclaimed
from falsework.migrate.reclaim.runner import reclaim

__all__ = ["Felling", "Held", "Kinds", "Reclaimed", "count", "reclaim"]
