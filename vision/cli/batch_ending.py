"""What is said and written when a run of ``batch`` ended or stands still."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vision.batch import exporting
from vision.cli.progress import duration
from vision.cli.terminal import say
from vision.cli.writing import write_whole
from vision.routing.estimating import usd
from vision.store import OwnedStore
from vision.store.batch_records import STANDS_STILL, RunState
from vision.store.extract_records import RecordState, Run

DONE, INCOMPLETE, STOPPED = 0, 1, 130
_WORDS = (
    (RecordState.DONE, "done"),
    (RecordState.FAILED, "failed"),
    (RecordState.SKIPPED, "skipped"),
    (RecordState.STOPPED, "stopped"),
    (RecordState.INTERRUPTED, "broken off"),
    (RecordState.WAITING, "waiting"),
    (RecordState.RUNNING, "under way"),
)
_STANDS: dict[RunState, str] = {
    RunState.PAUSED: "The run is paused.",
    RunState.TRIED: "The first pictures are done, and the run waits to go on with the others.",
    RunState.CAPPED: "One more picture could pass a cap.",
    RunState.NEEDS_KEY: "The run needs its key once more.",
    RunState.STOPPED: "The run was stopped.",
}


@dataclass(frozen=True, slots=True)
class Ending:
    """Of one run; ``out`` is the file of its answers."""

    owned: OwnedStore
    run_id: str
    out: Path | None

    def told(self, seconds: float, *, stopped: bool) -> int:
        """Writes the file, says what came of it; returns the exit code. ``seconds`` since the command followed it."""
        self.write()
        run = self.owned.run(self.run_id)
        for line in self._lines(run, seconds):
            say(line)
        if stopped:
            return STOPPED
        return DONE if run.counts.get(RecordState.DONE, 0) == run.total else INCOMPLETE

    def write(self) -> None:
        """What there is now, into the file. Raises as ``written_out``."""
        if self.out is not None:
            written_out(self.owned, self.run_id, self.out)

    def how_to_go_on(self, more: str = "") -> str:
        out = f" --out {shlex.quote(str(self.out))}" if self.out is not None else ""
        return f"Go on with: python -m vision batch --resume {self.run_id}{more}{out}"

    def _lines(self, run: Run, seconds: float) -> Iterator[str]:
        for failure in self.owned.failures(run.id):
            yield f"{failure.count:,} × {failure.sentence or failure.outcome}"
        yield self._summary(run, seconds)
        state = run.batch.state if run.batch else RunState.DONE
        if state in _STANDS:
            yield (run.batch.reason if run.batch else "") or _STANDS[state]
        if state in STANDS_STILL:
            yield self.how_to_go_on(" --budget USD" if state is RunState.CAPPED else "")
        elif run.counts.get(RecordState.FAILED, 0) or run.counts.get(RecordState.STOPPED, 0):
            yield self.how_to_go_on(" --retry-failed")

    def _summary(self, run: Run, seconds: float) -> str:
        """ "300 done, 2 failed, 1 skipped in 2 min 10 s, $0.42." """
        parts = [f"{run.counts[state]:,} {word}" for state, word in _WORDS if run.counts.get(state)]
        sums = self.owned.sums(run.id, run.created)
        unknown = f" and {sums.unknown:,} of unknown price" if sums.unknown else ""
        return f"{', '.join(parts)} in {duration(seconds)}, {usd(sums.cost_usd)}{unknown}."


def written_out(owned: OwnedStore, run_id: str, out: Path) -> None:
    """Every item in the order given, as the ending says. Whole or not at all: what was there before stays until the new
    file is complete. Raises StoreError and CannotExport."""
    _, data = exporting.run_as_file(owned, run_id, out.suffix.lower().lstrip("."))
    assert isinstance(data, bytes)  # noqa: S101 - a path is that of a ZIP, which is no ending here
    write_whole(out, data)
