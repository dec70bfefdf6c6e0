"""Edits of what stands beside the tables; ``table`` is the object's name in each."""

from __future__ import annotations

from msgspec.structs import replace

from falsework.model.edits_of_domains import CreateDomain, DropDomain
from falsework.model.frozen import Tagged
from falsework.model.schema import Enumeration, Schema, Sequence, TableName


class CreateEnumeration(Tagged, frozen=True, kw_only=True):
    """A new type that lists its values."""

    enumeration: Enumeration

    @property
    def table(self) -> TableName:
        """The object that is touched."""
        return self.enumeration.name

    def apply(self, schema: Schema) -> Schema:
        """The schema with the type."""
        if schema.enumeration(self.table) is not None:
            raise ValueError(f"{self.table} is there already")
        return schema.with_enumeration(self.enumeration)


class DropEnumeration(Tagged, frozen=True, kw_only=True):
    """A type goes. Whatever is of it must have gone before."""

    enumeration: Enumeration

    @property
    def table(self) -> TableName:
        """The object that is touched."""
        return self.enumeration.name

    def apply(self, schema: Schema) -> Schema:
        """The schema without the type."""
        if schema.enumeration(self.table) != self.enumeration:
            raise ValueError(f"there is no {self.table} with these labels")
        for name in sorted(schema.users[self.table]):
            raise ValueError(f"a column of {name} is of the type {self.table}")
        return schema.without_enumeration(self.table)


class AddLabel(Tagged, frozen=True, kw_only=True):
    """A type takes one more value; ``table`` is the type.

    ``before``  the label that it stands before; None: it is the last one
    """

    table: TableName
    label: str
    before: str | None = None

    def apply(self, schema: Schema) -> Schema:
        """The schema with the label."""
        there = schema.enumeration(self.table)
        if there is None:
            raise ValueError(f"there is no type {self.table}")
        if self.label in there.labels:
            raise ValueError(f"{self.table} has the label {self.label} already")
        if self.before is not None and self.before not in there.labels:
            raise ValueError(f"{self.table} has no label {self.before}")
        place = len(there.labels) if self.before is None else there.labels.index(self.before)
        labels = (*there.labels[:place], self.label, *there.labels[place:])
        return schema.with_enumeration(replace(there, labels=labels))


class CreateSequence(Tagged, frozen=True, kw_only=True):
    """A new sequence."""

    sequence: Sequence

    @property
    def table(self) -> TableName:
        """The object that is touched."""
        return self.sequence.name

    def apply(self, schema: Schema) -> Schema:
        """The schema with the sequence."""
        if schema.sequence(self.table) is not None:
            raise ValueError(f"{self.table} is there already")
        return schema.with_sequence(self.sequence)


class DropSequence(Tagged, frozen=True, kw_only=True):
    """A sequence goes. Whatever counts by it must have gone before."""

    sequence: Sequence

    @property
    def table(self) -> TableName:
        """The object that is touched."""
        return self.sequence.name

    def apply(self, schema: Schema) -> Schema:
        """The schema without the sequence."""
        if schema.sequence(self.table) != self.sequence:
            raise ValueError(f"there is no {self.table} that counts like this")
        return schema.without_sequence(self.table)


class SetSequence(Tagged, frozen=True, kw_only=True):
    """A sequence counts otherwise from where it is; ``sequence`` is what it becomes."""

    sequence: Sequence

    @property
    def table(self) -> TableName:
        """The object that is touched."""
        return self.sequence.name

    def apply(self, schema: Schema) -> Schema:
        """The schema with the sequence so."""
        if schema.sequence(self.table) is None:
            raise ValueError(f"there is no sequence {self.table}")
        return schema.with_sequence(self.sequence)


OfObject = (
    CreateEnumeration
    | DropEnumeration
    | AddLabel
    | CreateSequence
    | DropSequence
    | SetSequence
    | CreateDomain
    | DropDomain
)
"""The edits that are about no table."""
