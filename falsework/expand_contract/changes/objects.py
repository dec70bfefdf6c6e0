"""What types and sequences have in common: they stand beside the tables, and come and go whole."""

from __future__ import annotations

from falsework.expand_contract.upgrade import Draft, Outline, Rank
from falsework.model.edits import CreateEnumeration, CreateSequence, DropEnumeration, DropSequence
from falsework.model.grant import Grant
from falsework.model.plan import Phase
from falsework.model.schema import TableName


def creation(
    edit: CreateEnumeration | CreateSequence, what: str, grants: tuple[Grant, ...] = ()
) -> Outline:
    """In expand, before whatever uses it: nothing knows of it yet. ``what``: type, sequence."""
    draft = Draft(
        table=edit.table,
        subject="",
        part="create",
        phase=Phase.EXPAND,
        rank=Rank.CREATE_TYPE,
        title=f"create the {what} {edit.table.name}",
        edits=(edit,),
        blocking=False,
        grants=grants,
    )
    return Outline((draft,))


def removal(edit: DropEnumeration | DropSequence, what: str) -> Outline:
    """In contract, after whatever used it."""
    draft = Draft(
        table=edit.table,
        subject="",
        part="drop",
        phase=Phase.CONTRACT,
        rank=Rank.DROP_TYPE,
        title=f"drop the {what} {edit.table.name}",
        edits=(edit,),
        reversible=False,
        blocking=False,
    )
    return Outline((draft,))


def strangers(name: TableName, what: str) -> Outline:
    """It is not the models', and was no release's."""
    note = f"{name}: the models do not know this {what}; nobody declared it owned: left alone"
    return Outline(notes=(note,))
