"""Rows are filled in key order: a table without a key cannot be."""

from sqlalchemy import Column, MetaData, Table, Text

from falsework.declare import fill
from tests.cases.model import Case, Refused

a, b = MetaData(), MetaData()
Table("log", a, Column("line", Text))
Table("log", b, Column("line", Text), Column("level", Text, info=fill("'info ' || line")))

CASE = Case(a=a, b=b, expect=Refused("log.level", "primary key"))
