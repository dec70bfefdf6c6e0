"""Both releases at work while an upgrade runs: what is committed between its steps, and its log."""

from __future__ import annotations

from dataclasses import dataclass, field

from falsework.migrate import Event, Moment
from falsework.model.plan import Phase, Release
from tests.cases.model import Case
from tests.generator.predictor import unexpected, visible
from tests.generator.writer import Writer
from tests.generator.writes import Rows, Stage, Write

BETWEEN = frozenset({Moment.STEP, Moment.STEP_DONE, Moment.CHUNK})  # no transaction is open then
BEGUN = {
    Phase.EXPAND: Stage.EXPANDING,
    Phase.MIGRATE: Stage.MIGRATING,
    Phase.CONTRACT: Stage.CONTRACTING,
}
OVER = {Phase.EXPAND: Stage.EXPANDED, Phase.MIGRATE: Stage.MIGRATED}


@dataclass
class AtWork:
    """An observer that lets whoever may work write between two steps; ``log`` has it all."""

    case: Case
    url: str
    rows: Rows
    seed: int = 0
    log: list[Write | Stage] = field(default_factory=list)
    stage: Stage = Stage.EXPANDING
    rounds: int = 0

    def __call__(self, event: Event, /) -> None:
        if event.moment in BETWEEN:
            self.write()

    def begin(self, phase: Phase) -> None:
        """A phase begins; before contract A has ended."""
        self._reach(BEGUN[phase])

    def over(self, phase: Phase) -> None:
        """A phase is done; once contract is, nobody writes any more."""
        if phase in OVER:
            self._reach(OVER[phase])
            self.write()

    def write(self) -> None:
        """Both releases, as far as they run at this stage; each then sees what both wrote."""
        self.rounds += 1
        writers = [
            Writer(release, self.case, self.url, self.seed * 1000 + self.rounds)
            for release in self.releases
        ]
        for writer in writers:
            self.log.extend(writer.work())
        for writer in writers:
            self._look(writer)
            writer.close()

    def _look(self, writer: Writer) -> None:
        """What a release reads is what was written, by whomever."""
        case = self.case
        expected = visible(case.a, case.b, self.rows, self.log, writer.release)
        found = writer.read()
        wrong = unexpected(expected, found, writer.models)
        assert not wrong, f"release {writer.release} after {self.stage.name}: {wrong}"

    @property
    def releases(self) -> tuple[Release, ...]:
        """Who runs now."""
        if self.stage is Stage.EXPANDING:
            return (Release.A,)
        if self.stage is Stage.CONTRACTING:
            return (Release.B,)
        return (Release.A, Release.B)

    def _reach(self, stage: Stage) -> None:
        self.stage = stage
        self.log.append(stage)
