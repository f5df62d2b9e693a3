"""Lets everybody do the same work in turn, after a warm-up each."""

import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench.fleet.results import Measured, Sample, Scenario
from bench.fleet.running import Program, Run, run

TRIALS: Final = 2
"""How often each setting of a contender is tried."""


@dataclass(slots=True, kw_only=True)
class Entry:
    """One who takes part: how it is started in a folder, and what its run has to have printed."""

    who: str
    start: Callable[[Path], Program]
    objection: Callable[[Run, Path], str | None]
    warm_up: Callable[[Path], Program] | None = None
    """Something smaller than the whole, for one who is run only once."""
    note: str = ""
    samples: list[Sample] = field(default_factory=list)
    failed: str | None = None

    @property
    def once(self) -> bool:
        return self.warm_up is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How often everybody runs, and where."""

    folder: Path
    rounds: int


def take_turns(entries: Sequence[Entry], course: Course) -> None:
    """Warm everybody up, then run them in turn; the entries keep what came of it."""
    for entry in entries:
        _take(entry, course, warming=True)
    for number in range(course.rounds):
        for entry in entries:
            if entry.failed is None and not (entry.once and number):
                _take(entry, course, warming=False)


def scenario(key: str, title: str, entries: Sequence[Entry], skipped: Sequence[tuple[str, str]]) -> Scenario:
    """Return what came of it."""
    return Scenario(
        key=key,
        title=title,
        measured=tuple(
            Measured(who=entry.who, samples=tuple(entry.samples), note=entry.note)
            for entry in entries
            if entry.failed is None and entry.samples
        ),
        skipped=(*skipped, *((entry.who, entry.failed) for entry in entries if entry.failed is not None)),
    )


def best_of(tried: Mapping[int, Entry], course: Course, unit: str) -> Entry:
    """Return the one of the same contender's settings that did best in a few trials."""
    times = {
        setting: min(trial(entry, course.folder / "run").wall_s for _ in range(TRIALS))
        for setting, entry in tried.items()
    }
    best = min(times, key=lambda setting: times[setting])
    tried[best].note = f"{best} {unit}, the best of {', '.join(map(str, tried))}"
    return tried[best]


def _take(entry: Entry, course: Course, *, warming: bool) -> None:
    done = trial(entry, course.folder / "run", warming=warming)
    if entry.failed is None and not warming:
        entry.samples.append(Sample(wall_s=done.wall_s, cpu_s=done.cpu_s, peak_mib=done.peak_mib))
    word = entry.failed or ("warm-up" if warming else "")
    sys.stderr.write(f"  {entry.who:<16}{done.wall_s:8.2f} s {done.cpu_s:8.2f} s {done.peak_mib:6.0f} MiB  {word}\n")


def trial(entry: Entry, folder: Path, *, warming: bool = False) -> Run:
    """Run an entry once in a new folder, and look whether it did what it was to do."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    start = entry.warm_up if warming and entry.warm_up is not None else entry.start
    done = run(start(folder))
    if start is entry.start:
        entry.failed = entry.objection(done, folder)
    return done
