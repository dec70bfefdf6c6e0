"""What types and sequences have in common: they stand beside the tables, and come and go whole."""

from __future__ import annotations

from falsework.expand_contract.upgrade import Draft, Outline, Rank, Upgrade
from falsework.model.edits import (
    CreateDomain,
    CreateEnumeration,
    CreateSequence,
    DropDomain,
    DropEnumeration,
    DropSequence,
)
from falsework.model.grant import Grant
from falsework.model.plan import Phase
from falsework.model.schema import TableName


def creation(
    edit: CreateEnumeration | CreateSequence | CreateDomain,
    what: str,
    grants: tuple[Grant, ...] = (),
    rank: Rank = Rank.CREATE_TYPE,
) -> Outline:
    """In expand, before whatever uses it: nothing knows of it yet. ``what``: type, sequence."""
    draft = Draft(
        table=edit.table,
        subject="",
        part="create",
        phase=Phase.EXPAND,
        rank=rank,
        title=f"create the {what} {edit.table.name}",
        edits=(edit,),
        blocking=False,
        grants=grants,
    )
    return Outline((draft,))


def removal(
    edit: DropEnumeration | DropSequence | DropDomain, what: str, rank: Rank = Rank.DROP_TYPE
) -> Outline:
    """In contract, after whatever used it."""
    draft = Draft(
        table=edit.table,
        subject="",
        part="drop",
        phase=Phase.CONTRACT,
        rank=rank,
        title=f"drop the {what} {edit.table.name}",
        edits=(edit,),
        reversible=False,
        blocking=False,
    )
    return Outline((draft,))


def staying(upgrade: Upgrade, type: str) -> tuple[str, ...]:
    """The columns that are of the type and that this plan does not drop."""
    found: list[str] = []
    for table in upgrade.old.tables:
        owned = upgrade.owns(table.name)
        for column in table.of_type(type):
            ours = owned is not None and owned.column(column) is not None
            if not (ours and upgrade.drops_column(table.name, column)):
                found.append(f"{table.name}.{column}")
    return tuple(found)


def strangers(name: TableName, what: str) -> Outline:
    """It is not the models', and was no release's."""
    note = f"{name}: the models do not know this {what}; nobody declared it owned: left alone"
    return Outline(notes=(note,))
