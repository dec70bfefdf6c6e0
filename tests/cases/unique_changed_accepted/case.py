"""A larger key under the same name, and the operator accepts that A's upserts fail meanwhile."""

from tests.cases.model import Case
from tests.cases.unique_changed_refused.case import a, b

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"name": "one", "state": "up"}]},
    accept=("hosts.uq_hosts/drop-unique-early",),
)
