"""Scenarios on several processors come to the same as on one, in the same order."""

import os

import pytest
from rehearsed import Shelf

from playbook_engine.app.config import Config
from playbook_engine.app.rehearsing import files, side_by_side, testing
from playbook_engine.app.rehearsing.playing import Played, play
from playbook_engine.app.rehearsing.scene import Scene
from playbook_engine.app.rehearsing.testing import Wanted
from playbook_engine.model.rehearsed import Report

COUNT = 2 * side_by_side.LEAST + 1


def report(shelf: Shelf) -> Report:
    config = Config(playbooks=shelf.folder)
    return testing.test(Wanted(meant=files.meant([str(shelf.folder)], config), coverage=True), config)


@pytest.fixture
def many(shelf: Shelf) -> Shelf:
    """Return a playbook with many scenarios, of which every third fails."""
    shelf.playbook("health: [{check: A, id: a, local: a, retries: 1}]\nsteps: [{check: B, id: b, local: b}]")
    scenarios = (
        f"  - scenario: Number {number}\n"
        f"    answers: {{a: {{rc: {number % 3}}}}}\n"
        f"    expect: {{verdict: {'healthy' if number % 3 < 2 else 'unresolved'}}}\n"
        for number in range(COUNT)
    )
    shelf.rehearsal("answers: {b: {}}\nscenarios:\n" + "".join(scenarios))
    return shelf


def test_two_processes_come_to_what_one_comes_to(many: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for processors in (1, 2):
        monkeypatch.setattr(os, "cpu_count", lambda processors=processors: processors)
        found.append(report(many))

    one, two = found
    assert one == two
    assert [each.scenario for each in two.scenarios] == [f"Number {number}" for number in range(COUNT)]
    assert [each.passed for each in two.scenarios[:3]] == [True, False, True]
    assert two.leftovers == ()


def test_what_a_process_cannot_do_is_done_here(many: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = os.getpid()

    async def broken_elsewhere(scene: Scene) -> Played:
        if os.getpid() != ours:
            raise RuntimeError("this process is out of order")
        return await play(scene)

    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    expected = report(many)
    monkeypatch.setattr(side_by_side, "play", broken_elsewhere)

    assert report(many) == expected
