"""Where a step stands inside of others: hosts' roads, other playbooks; and what is said when one begins or ends."""

import json
from collections.abc import Iterator
from dataclasses import replace

from playbook_engine.model.events import BranchTaken, HostsRoad, PlayEnd, PlayFinished, PlayStarted
from playbook_engine.model.outcomes import Outcome
from playbook_engine.phrases.lists import Lists
from playbook_engine.phrases.screen import Roads
from playbook_engine.report.names import compact
from playbook_engine.report.pen import Pen
from playbook_engine.report.style import OUTCOMES, Line, Piece, Style, seconds
from playbook_engine.report.widths import display_width
from playbook_engine.values import Secret, SecretText, StepPath, Value
from playbook_engine.visible import escape

ENDS = {
    PlayEnd.HEALTHY: (Outcome.OK, Roads.HEALTHY),
    PlayEnd.DONE: (Outcome.OK, Roads.DONE),
    PlayEnd.RESOLVED: (Outcome.OK, Roads.RESOLVED),
    PlayEnd.STOPPED: (Outcome.ABORTED, Roads.STOPPED),
}
MOST_REASONS = 3
"""Reasons for the same road that are told one by one."""
PLAY = "/play/"
ENDING = "finally/"


class Nesting:
    """Knows which roads and playbooks are under way, and how far in a step stands."""

    def __init__(self) -> None:
        self._roads: dict[str, tuple[str, tuple[str, ...]]] = {}
        """The path of each road that hosts took, with its name and its hosts."""
        self._titles: dict[str, str] = {}
        self._told: set[str] = set()

    def branch(self, event: BranchTaken) -> None:
        """Remember which hosts took which road."""
        hosts: dict[str, list[str]] = {}
        for road in event.roads:
            if road.taken is not None:
                hosts.setdefault(road.taken, []).extend(road.hosts)
        for label, names in hosts.items():
            self._roads[f"{event.path}/{label}/"] = (label, tuple(names))

    def play(self, event: PlayStarted) -> None:
        """Remember what a playbook is called."""
        self._titles[f"{event.path}/"] = event.playbook.title

    def depth(self, path: StepPath) -> int:
        """Return in how many roads of hosts and other playbooks a step stands."""
        return path.count(PLAY) + sum(path.startswith(road) for road in self._roads)

    def headings(self, path: StepPath, pen: Pen) -> Iterator[tuple[int, Line]]:
        """Yield what stands above the first line from a road, or from the `finally` of a playbook, with its depth."""
        for road, (label, hosts) in self._roads.items():
            if path.startswith(road) and self._is_new(road):
                depth = self.depth(StepPath(road.rstrip("/")))
                text = pen.words(Roads.ROAD_ON, label=label, hosts=compact(hosts, pen.words))
                yield depth, _heading(text, pen)
        for play, title in self._titles.items():
            ending = f"{play}{ENDING}"
            if path.startswith(ending) and self._is_new(ending):
                heading = _heading(pen.words(Roads.FINALLY_OF, title=title), pen)
                yield self.depth(StepPath(play.rstrip("/"))), heading

    def _is_new(self, place: str) -> bool:
        is_new = place not in self._told
        self._told.add(place)
        return is_new


def _heading(text: str, pen: Pen) -> Line:
    return pen.fit((Piece(f"{pen.glyphs.arrow} "), Piece(pen.cut(text, pen.width - 2), Style.STRONG)))


def indented(lines: tuple[Line, ...], depth: int) -> tuple[Line, ...]:
    """Return lines with as many steps of indentation."""
    return tuple((Piece("  " * depth), *line) for line in lines) if depth else lines


def branch_lines(event: BranchTaken, pen: Pen) -> tuple[Line, ...]:
    """Return which hosts took which road, and why."""
    count = sum(len(road.hosts) for road in event.roads)
    said = (Piece(pen.words.counted(count, Roads.EACH_HOST, Roads.EACH_OF_HOSTS), Style.DIM),)
    head = pen.headline(Piece(pen.glyphs.arrow, Style.STRONG), "branch", event.title, said)
    return (head, *(line for road in _told_together(event.roads, pen) for line in _road(road, pen)))


def _told_together(roads: tuple[HostsRoad, ...], pen: Pen) -> Iterator[HostsRoad]:
    """Yield what is to be told of each road: its reasons one by one; of many, all hosts and the first reason."""
    groups: dict[tuple[str | None, bool], list[HostsRoad]] = {}
    for road in roads:
        groups.setdefault((road.taken, road.failed), []).append(road)
    for members in groups.values():
        if len(members) <= MOST_REASONS:
            yield from members
            continue
        first = members[0]
        example = pen.words(Roads.REASONS, count=len(members), host=first.hosts[0], trace=first.trace)
        yield replace(first, hosts=tuple(host for road in members for host in road.hosts), trace=example)


def _road(road: HostsRoad, pen: Pen) -> tuple[Line, ...]:
    nowhere = Roads.UNDECIDED if road.failed else Roads.NO_ROAD
    label = pen.words(nowhere) if road.failed or road.taken is None else road.taken
    style = Style.BAD if road.failed else Style.DIM if road.taken is None else Style.STRONG
    head = Piece(f"    {pen.cut(label, pen.width // 3)}  ", style)
    hosts = compact(road.hosts, pen.words)
    text = f"{hosts}: {road.trace}" if road.trace else hosts
    if display_width(head.text) > pen.width // 2:
        return (pen.fit((head,)), *pen.detail(text, Style.DIM, indent="      "))
    return pen.labelled(head, text, Style.DIM)


def play_started(event: PlayStarted, pen: Pen) -> tuple[Line, ...]:
    """Return which playbook begins inside of another, and what it was given."""
    ref = event.playbook
    said = (Piece(escape(f"{ref.name} {ref.version}"), Style.DIM),)
    head = pen.headline(Piece(pen.glyphs.arrow, Style.STRONG), "play", ref.title, said)
    words = pen.words
    hosts = "" if event.hosts is None else words(Roads.ON_HOSTS, hosts=compact(event.hosts, words))
    given = words(Lists.COMMA).join(given_text(name, value) for name, value in event.inputs)
    parts = (hosts, words(Roads.WITH, given=given) if given else "")
    facts = words(Lists.SEMICOLON).join(part for part in parts if part)
    return (head, *(pen.detail(facts, Style.DIM) if facts else ()))


def given_text(name: str, value: Value) -> str:
    """Return what an input is given: texts and secrets as they may be shown, all else as JSON."""
    if isinstance(value, str | Secret | SecretText):
        return f"{name} = {value}"
    return f"{name} = {json.dumps(value, ensure_ascii=False, default=str)}"


def play_finished(event: PlayFinished, pen: Pen) -> tuple[Line, ...]:
    """Return how a playbook ended inside of another."""
    outcome, phrase = ENDS[event.ended]
    said = (Piece(pen.words(phrase), OUTCOMES[outcome]), Piece(f"  {seconds(event.duration_ms)}", Style.DIM))
    return (pen.headline(Piece(pen.glyphs.outcomes[outcome], OUTCOMES[outcome]), "play", event.title, said),)
