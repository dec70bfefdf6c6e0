"""Edits of domains: types made of another one, with rules of their own."""

from __future__ import annotations

from falsework.model.frozen import Tagged
from falsework.model.schema import Domain, Schema, TableName


class CreateDomain(Tagged, frozen=True, kw_only=True):
    """A new domain."""

    domain: Domain

    @property
    def table(self) -> TableName:
        """The object that is touched."""
        return self.domain.name

    def apply(self, schema: Schema) -> Schema:
        """The schema with the domain."""
        if schema.domain(self.table) is not None:
            raise ValueError(f"{self.table} is there already")
        return schema.with_domain(self.domain)


class DropDomain(Tagged, frozen=True, kw_only=True):
    """A domain goes. Whatever is of it must have gone before."""

    domain: Domain

    @property
    def table(self) -> TableName:
        """The object that is touched."""
        return self.domain.name

    def apply(self, schema: Schema) -> Schema:
        """The schema without the domain."""
        if schema.domain(self.table) is None:
            raise ValueError(f"there is no domain {self.table}")
        for name in sorted(schema.users[self.table]):
            raise ValueError(f"a column of {name} is of the type {self.table}")
        return schema.without_domain(self.table)
