"""The SARIF log: what the standard asks for, and that nothing of a plan is left out."""

import json
from typing import Any

from msgspec.structs import replace

from falsework.model.plan import Cause, Hazard, Plan, Proof, Refusal
from falsework.report.sarif import sarif_text
from tests.report.plans import BROKEN, PLAN

REFUSAL = Refusal("public.t.n", "a\nb", "do this", Cause.NO_VALUE)


def _run(plan: Plan) -> Any:  # noqa: ANN401 - JSON
    log = json.loads(sarif_text(plan, "app/models.py"))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("/sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    return run


def test_every_rule_is_described() -> None:
    """One for each kind of refusal and hazard; ids differ, and each has its words and level."""
    rules = _run(PLAN)["tool"]["driver"]["rules"]

    ids = [rule["id"] for rule in rules]
    assert {*map(str, Cause), *map(str, Hazard)} <= {*ids}
    assert len(ids) == len({*ids})
    for rule in rules:
        assert rule["shortDescription"]["text"]
        assert rule["help"]["text"]
        assert rule["defaultConfiguration"]["level"] in ("note", "warning", "error")


def test_every_result_is_whole() -> None:
    """It names its rule twice alike, says what is the matter in one line, and where."""
    run = _run(replace(PLAN, refusals=(REFUSAL,), proof=Proof(9, accepted=BROKEN)))
    rules = run["tool"]["driver"]["rules"]

    assert run["results"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("note", "warning", "error")
        assert result["message"]["text"].isprintable()
        (place,) = result["locations"]
        assert place["physicalLocation"]["artifactLocation"] == {"uri": "app/models.py"}
        assert place["logicalLocations"][0]["fullyQualifiedName"]


def test_levels() -> None:
    """What stops the plan is an error, what loses something a warning, the rest is to be known."""
    plan = replace(PLAN, refusals=(REFUSAL,), proof=replace(PLAN.proof, accepted=BROKEN[:1]))

    found = {(r["ruleId"], r["level"]) for r in _run(plan)["results"]}

    assert found == {
        ("no-value", "error"),
        ("blocks-writers", "warning"),
        ("data-loss", "warning"),
        ("breaks-a-release", "warning"),
        ("not-yet", "note"),
        ("left-alone", "note"),
    }
