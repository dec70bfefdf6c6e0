"""Run every measurement, or those named: ``python -m bench diff --tables 50 --servers sqlite``."""

from __future__ import annotations

import sys

from bench import check, diff, forecast, reclaim

BENCHES = {
    "check": check.main,
    "diff": diff.main,
    "forecast": forecast.main,
    "reclaim": reclaim.main,
}


def main(arguments: list[str]) -> int:
    """Run the bench named first, or all of them."""
    if arguments and arguments[0] in BENCHES:
        return BENCHES[arguments[0]](arguments[1:])
    return max(run(arguments) for run in BENCHES.values())


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
