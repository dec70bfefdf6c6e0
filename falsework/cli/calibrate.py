"""``falsework calibrate``: measure how fast this server works, in a database made for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from falsework.cli.call import Call
from falsework.cli.frame import OK, command
from falsework.cli.options import FILE, writing

if TYPE_CHECKING:
    from falsework.config import Config
    from falsework.engines.connect import Target
    from falsework.model.forecast import Pace


@command("calibrate", example="falsework calibrate --url env:DATABASE_URL --out rates.json --yes")
@click.option("--out", type=FILE, metavar="FILE", help="The file; without it, the setting rates.")
@click.option(
    "--time-budget",
    "budget",  # its own, and not the setting of that name, which is for phases
    default="3m",
    metavar="TIME",
    help="How long it may take, such as 10m; the longer, the larger the tables. Without it: 3m.",
)
@writing
def calibrate(call: Call, *, out: Path | None, budget: str, yes: bool, dry_run: bool) -> int:
    """Measure how fast this server works, for the forecasts of plans.

    Makes a database beside the one that is named (--scratch-url, else --url), upgrades made-up
    tables in it, larger ones from round to round, and drops it. Writes a file for the setting
    rates. It takes as much of the server as an upgrade does: choose a quiet hour.
    """
    from falsework.cli.consent import consent
    from falsework.cli.files import write_whole
    from falsework.cli.signals import stopping
    from falsework.datasets.calibration import calibrate as measure
    from falsework.engines.beside import beside
    from falsework.engines.tls import Tls
    from falsework.report.words import counted, duration

    seconds = _seconds(budget)
    file = out or (Path(call.config.rates) if call.config.rates else None)
    if file is None:
        raise click.UsageError("Say where to write the rates: --out FILE.")
    with _server(call.config) as (option, server):
        call.tell(
            f"{call.command}: up to {duration(seconds)} of work in a database made beside "
            f"{server.identity}"
        )
        paces: Sequence[Pace] = ()
        if not dry_run:
            consent(call, yes=yes)
            with (
                stopping(call.tell) as stop,
                beside(server, option, tls=Tls(call.config.tls)) as scratch,
            ):
                paces = measure(
                    scratch,
                    seconds,
                    stop=stop,
                    told=lambda rows: call.tell(f"measuring with {counted(rows, 'row')} a table"),
                )
            write_whole(file, _document(server, paces), "the file of rates")

    def text() -> str:
        end = f"Written to {file}: name it as the setting rates, or with db-plan --rates."
        if dry_run:
            end = "Dry run: nothing was measured or written."
        return "\n".join([*_lines(paces), end]) + "\n"

    return call.answer(
        OK,
        text,
        lambda: {
            "database": server.identity,
            "dry_run": dry_run,
            "file": str(file),
            "paces": [
                {"labour": p.labour, "slow": p.slow, "fast": p.fast, "width": p.width}
                for p in paces
            ],
        },
    )


def _seconds(text: str) -> float:
    from falsework.config.values import Wrong, duration

    try:
        return duration(text)
    except Wrong as wrong:
        hint = "'--time-budget'"
        raise click.BadParameter(f"{text!r}: write {wrong}.", param_hint=hint) from None


@contextmanager
def _server(config: Config) -> Iterator[tuple[str, Target]]:
    """The database beside which one may be made, and the option that names it."""
    from falsework.engines.connect import connect
    from falsework.engines.tls import Tls
    from falsework.errors import ConfigError

    url = config.scratch_url or config.url
    if url is None:
        raise ConfigError(
            "no database is named",
            why="there is no url in the configuration, the environment or the options",
            do="--url env:NAME or --url file:PATH: a server where this user may make a database",
        )
    target = connect(url, connect_seconds=config.connect_seconds, tls=Tls(config.tls))
    try:
        yield ("scratch_url" if config.scratch_url else "url"), target
    finally:
        target.pool.dispose()


def _document(server: Target, paces: Sequence[Pace]) -> bytes:
    from datetime import UTC, datetime

    from falsework.model.measured import FORMAT, Measured, dump

    written = datetime.now(UTC).isoformat(timespec="seconds")
    engine, version = server.server.engine.name, server.server.version
    return dump(Measured(FORMAT, engine, version, server.identity, written, tuple(paces)))


def _lines(paces: Sequence[Pace]) -> Iterator[str]:
    from falsework.report.words import columns, number

    if paces:
        rows = [("work", "rows a second", "bytes a row")]
        rows += [(p.labour, _range(p), number(round(p.width))) for p in paces]
        yield from columns(rows, right=frozenset({2}))


def _range(pace: Pace) -> str:
    from falsework.report.words import number

    return f"{number(round(pace.slow))} to {number(round(pace.fast))}"
