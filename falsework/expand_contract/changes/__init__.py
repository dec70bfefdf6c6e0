"""Every kind of change, one file each: what it looks like, and the steps it takes.

To add one: write its file, put its class into ``CHANGES``, add a case folder. A test fails when a
file is missing from the tuple or a kind has no case.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from falsework.expand_contract.changes.check_added import CheckAdded
from falsework.expand_contract.changes.check_changed import CheckChanged
from falsework.expand_contract.changes.check_dropped import CheckDropped
from falsework.expand_contract.changes.collation_changed import CollationChanged
from falsework.expand_contract.changes.column_added import ColumnAdded
from falsework.expand_contract.changes.column_dropped import ColumnDropped
from falsework.expand_contract.changes.comment_changed import CommentChanged
from falsework.expand_contract.changes.computed_changed import ComputedChanged
from falsework.expand_contract.changes.counter_changed import CounterChanged
from falsework.expand_contract.changes.default_changed import DefaultChanged
from falsework.expand_contract.changes.domain_added import DomainAdded
from falsework.expand_contract.changes.domain_changed import DomainChanged
from falsework.expand_contract.changes.domain_dropped import DomainDropped
from falsework.expand_contract.changes.enumeration_added import EnumerationAdded
from falsework.expand_contract.changes.enumeration_dropped import EnumerationDropped
from falsework.expand_contract.changes.exclusion_added import ExclusionAdded
from falsework.expand_contract.changes.exclusion_changed import ExclusionChanged
from falsework.expand_contract.changes.exclusion_dropped import ExclusionDropped
from falsework.expand_contract.changes.foreign_key_added import ForeignKeyAdded
from falsework.expand_contract.changes.foreign_key_changed import ForeignKeyChanged
from falsework.expand_contract.changes.foreign_key_dropped import ForeignKeyDropped
from falsework.expand_contract.changes.identity_changed import IdentityChanged
from falsework.expand_contract.changes.index_added import IndexAdded
from falsework.expand_contract.changes.index_changed import IndexChanged
from falsework.expand_contract.changes.index_dropped import IndexDropped
from falsework.expand_contract.changes.labels_changed import LabelsChanged
from falsework.expand_contract.changes.not_null_added import NotNullAdded
from falsework.expand_contract.changes.not_null_removed import NotNullRemoved
from falsework.expand_contract.changes.not_planned import NotPlanned
from falsework.expand_contract.changes.refresh_changed import RefreshChanged
from falsework.expand_contract.changes.rename_suspected import RenameSuspected
from falsework.expand_contract.changes.sequence_added import SequenceAdded
from falsework.expand_contract.changes.sequence_changed import SequenceChanged
from falsework.expand_contract.changes.sequence_dropped import SequenceDropped
from falsework.expand_contract.changes.table_added import TableAdded
from falsework.expand_contract.changes.table_dropped import TableDropped
from falsework.expand_contract.changes.type_changed import TypeChanged
from falsework.expand_contract.changes.unique_added import UniqueAdded
from falsework.expand_contract.changes.unique_changed import UniqueChanged
from falsework.expand_contract.changes.unique_dropped import UniqueDropped
from falsework.expand_contract.upgrade import Outline, Pair, Upgrade


class Change(Protocol):
    """One change of one table: seen by ``detect``, carried out as ``outline`` says."""

    def outline(self, upgrade: Upgrade) -> Outline:
        """The steps, questions, refusals and notes of this change. Pure."""
        ...


class Kind(Protocol):
    """A kind of change: finds its changes between a table as it is and as it shall be."""

    def detect(self, upgrade: Upgrade, pair: Pair) -> Iterator[Change]:
        """The changes of this kind on one table, in a fixed order. Decides nothing."""
        ...


CHANGES: tuple[Kind, ...] = (
    TableAdded,
    TableDropped,
    ColumnAdded,
    ColumnDropped,
    TypeChanged,
    EnumerationAdded,
    EnumerationDropped,
    LabelsChanged,
    DomainAdded,
    DomainDropped,
    DomainChanged,
    SequenceAdded,
    SequenceDropped,
    SequenceChanged,
    DefaultChanged,
    ComputedChanged,
    CommentChanged,
    IdentityChanged,
    CounterChanged,
    CollationChanged,
    RefreshChanged,
    NotNullAdded,
    NotNullRemoved,
    UniqueAdded,
    UniqueDropped,
    UniqueChanged,
    CheckAdded,
    CheckDropped,
    CheckChanged,
    ExclusionAdded,
    ExclusionDropped,
    ExclusionChanged,
    ForeignKeyAdded,
    ForeignKeyDropped,
    ForeignKeyChanged,
    IndexAdded,
    IndexDropped,
    IndexChanged,
    RenameSuspected,
    NotPlanned,
)
