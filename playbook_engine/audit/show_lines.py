"""One event as lines of the timeline."""

from collections.abc import Callable, Mapping
from typing import Any

from playbook_engine.audit.show_fields import clock, items, joined, length, text, words

Event = Mapping[str, Any]

_MOST_NAMES = 8
_MOST_ROADS = 16
_ENVELOPE = frozenset({"v", "seq", "ts", "mono_ms", "run", "type", "redactions", "prev", "hash"})


class Timeline:
    """Grows by one event at a time."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.is_finished = False
        self._titles: dict[str, str] = {}
        self._tries: dict[str, int] = {}

    def take(self, event: Event) -> None:
        """Add what an event has to say."""
        kind = words(event, "type")
        if words(event, "title"):
            self._titles[words(event, "path")] = words(event, "title")
        show = _SHOWN.get(kind)
        if show is None:
            self._say(event, kind or "?", _unknown(event))
        else:
            show(self, event)

    def _say(self, event: Event, word: str, what: str, *details: str) -> None:
        self.lines.append(f"{clock(event)}  {word:<9} {what}".rstrip())
        self.lines += [f"{'':<21}{detail}" for detail in details if detail]

    def _title(self, event: Event) -> str:
        path = words(event, "path")
        return self._titles.get(path, path)

    def run_started(self, event: Event) -> None:
        self.lines.append(f"Run {words(event, 'run')}: {words(event, 'playbook', 'title')}")
        self.lines += [*(f"  {line}" for line in _circumstances(event)), ""]

    def step_started(self, event: Event) -> None:
        if event.get("changes") is True:
            self._say(
                event, words(event, "verb"), f"{words(event, 'title')}: begun", *_requests(event), *_batches(event)
            )

    def batch_finished(self, event: Event) -> None:
        which = f"batch {words(event, 'number')} of {words(event, 'of')}"
        failed = f"{words(event, 'failed')} failed so far, {words(event, 'max_failures')} may"
        left = words(event, "not_begun")
        stop = f"; it stops, {left} not begun" if left != "0" and event.get("goes_on") is False else ""
        self._say(event, "mitigate", f"{self._title(event)}: {which} done, {failed}{stop}", _list(event, "targets"))

    def attempt_finished(self, event: Event) -> None:
        if isinstance(event.get("attempt"), int):
            path = words(event, "path")
            self._tries[path] = max(self._tries.get(path, 0), event["attempt"])

    def step_finished(self, event: Event) -> None:
        tries = self._tries.pop(words(event, "path"), 0)
        targets = items(event, "targets")
        aside = bool(targets) and all(target.get("counts") is False for target in targets)
        facts = ["not critical" if aside else "", length(event), f"{tries} tries" if tries > 1 else ""]
        around = ", ".join(fact for fact in facts if fact)
        what = f"{words(event, 'title')}: {words(event, 'outcome')}" + (f" ({around})" if around else "")
        self._say(event, words(event, "verb"), what, *_outcomes(event))

    def branch_taken(self, event: Event) -> None:
        others = joined(event, "not_taken")
        if items(event, "roads"):
            self._say(event, "branch", f"{words(event, 'title')}: each host its own", *_roads(event))
            return
        self._say(
            event,
            "branch",
            f"{words(event, 'title')} → {words(event, 'taken')}",
            f"because {words(event, 'trace')}" if words(event, "trace") else "",
            f"not taken: {others}" if others else "",
        )

    def play_started(self, event: Event) -> None:
        playbook = f"{words(event, 'playbook', 'name')} {words(event, 'playbook', 'version')}"
        hosts = _names(event.get("hosts"))
        given = ", ".join(f"{words(each, 'name')} = {words(each, 'value')}" for each in items(event, "inputs"))
        title = words(event, "playbook", "title")
        self._say(
            event,
            "play",
            f"{title}: begun ({playbook})",
            f"on {hosts}" if hosts else "",
            f"with {given}" if given else "",
            f"playbook {words(event, 'playbook', 'path')}, sha256 {words(event, 'playbook', 'sha256')[:16]}",
        )

    def play_finished(self, event: Event) -> None:
        self._say(event, "play", f"{words(event, 'title')}: {words(event, 'ended')} ({length(event)})")

    def approval_requested(self, event: Event) -> None:
        self._say(event, "approval", f"{words(event, 'title')}: asked", *_requests(event), *_batches(event))

    def approval_granted(self, event: Event) -> None:
        self._say(event, "approval", f"{self._title(event)}: yes, by {words(event, 'by')} ({words(event, 'how')})")

    def approval_declined(self, event: Event) -> None:
        stop = ", and the run ends here" if event.get("stop") is True else ""
        self._say(event, "approval", f"{self._title(event)}: no, by {words(event, 'by')}{stop}")

    def escalation_intended(self, event: Event) -> None:
        self._say(
            event, "escalate", f"telling {words(event, 'contact')}: {words(event, 'reason')}", words(event, "message")
        )

    def escalation_delivered(self, event: Event) -> None:
        where = f"{words(event, 'channel')} {words(event, 'address')}"
        wait = length(event, "wait_ms")
        waits = f"waiting up to {wait} until somebody takes it" if wait else ""
        self._say(event, "escalate", f"told {words(event, 'contact')} on {where}", words(event, "receipt"), waits)

    def escalation_acknowledged(self, event: Event) -> None:
        how = f"{words(event, 'how')}, after {length(event, 'waited_ms')}"
        what = f"what {words(event, 'contact')} was told: taken by {words(event, 'by')} ({how})"
        self._say(event, "escalate", what, words(event, "note"))

    def escalation_unacknowledged(self, event: Event) -> None:
        what = f"what {words(event, 'contact')} was told: taken by NOBODY"
        self._say(event, "escalate", what, words(event, "reason"))

    def escalation_failed(self, event: Event) -> None:
        reasons = event.get("reasons")
        details = [text(reason) for reason in reasons] if isinstance(reasons, list) else []
        self._say(event, "escalate", f"could NOT tell {words(event, 'contact')}", *details)

    def undo_started(self, event: Event) -> None:
        self._say(event, "undo", f"{words(event, 'title')}: begun", *_requests(event))

    def undo_finished(self, event: Event) -> None:
        what = f"{words(event, 'title')}: {words(event, 'outcome')} ({length(event)})"
        self._say(event, "undo", what, *_outcomes(event))

    def run_paused(self, event: Event) -> None:
        self._say(event, "paused", words(event, "reason"))

    def run_interrupted(self, event: Event) -> None:
        self._say(event, "signal", words(event, "signal") + (" again" if event.get("again") is True else ""))

    def answers_lost(self, event: Event) -> None:
        self._say(event, "answers", f"not kept in full any longer: {words(event, 'reason')}")

    def run_finished(self, event: Event) -> None:
        end = f"{words(event, 'verdict')} (exit {words(event, 'exit_code')}) after {length(event)}"
        labels = ("changed", "undone", "not_undone", "told", "not_told")
        details = (f"{label.replace('_', ' ')}: {joined(event, label)}" for label in labels if joined(event, label))
        self.is_finished = True
        self.lines.append("")
        self._say(event, "verdict", f"{end}: {words(event, 'reason')}", *details)


_SHOWN: Mapping[str, Callable[[Timeline, Event], None]] = {
    "run.started": Timeline.run_started,
    "step.started": Timeline.step_started,
    "attempt.finished": Timeline.attempt_finished,
    "batch.finished": Timeline.batch_finished,
    "step.finished": Timeline.step_finished,
    "branch.taken": Timeline.branch_taken,
    "play.started": Timeline.play_started,
    "play.finished": Timeline.play_finished,
    "approval.requested": Timeline.approval_requested,
    "approval.granted": Timeline.approval_granted,
    "approval.declined": Timeline.approval_declined,
    "escalation.intended": Timeline.escalation_intended,
    "escalation.delivered": Timeline.escalation_delivered,
    "escalation.failed": Timeline.escalation_failed,
    "escalation.acknowledged": Timeline.escalation_acknowledged,
    "escalation.unacknowledged": Timeline.escalation_unacknowledged,
    "undo.started": Timeline.undo_started,
    "undo.finished": Timeline.undo_finished,
    "run.paused": Timeline.run_paused,
    "run.interrupted": Timeline.run_interrupted,
    "answers.lost": Timeline.answers_lost,
    "run.finished": Timeline.run_finished,
}


def _circumstances(event: Event) -> list[str]:
    """Return what was played, where, by whom and with what."""
    playbook = f"{words(event, 'playbook', 'name')} {words(event, 'playbook', 'version')}"
    who = f"{words(event, 'actor', 'user')} on {words(event, 'actor', 'host')} ({words(event, 'actor', 'kind')})"
    git = words(event, "playbook", "git")
    inventory = event.get("inventory")
    selected = _names(inventory.get("selected")) if isinstance(inventory, Mapping) else ""
    return [
        f"{playbook} on {words(event, 'environment')}, {words(event, 'mode')}, by {who}",
        f"begun {words(event, 'ts')} with {words(event, 'tool')}",
        f"playbook {words(event, 'playbook', 'path')}, sha256 {words(event, 'playbook', 'sha256')[:16]}"
        + (f", commit {git}" if git else ""),
        f"inventory {words(event, 'inventory', 'path')}, selected: {selected or 'no host'}",
        *(f"input {words(given, 'name')} = {words(given, 'value')}" for given in items(event, "inputs")),
        *(f"note: {text(note)}" for note in _listed(event, "notes")),
    ]


def _listed(event: Event, name: str) -> list[object]:
    found = event.get(name)
    return found if isinstance(found, list) else []


def _list(event: Event, name: str) -> str:
    return _names(event.get(name))


def _batches(event: Event) -> list[str]:
    """Return how a mitigation rolls over its targets; nothing when all change at once."""
    sizes = _listed(event, "batches")
    if not sizes:
        return []
    said = f"in {len(sizes)} batches of {', '.join(map(text, sizes))}" if len(sizes) > 1 else "all at once"
    return [f"{said}; stops when more than {words(event, 'max_failures')} fail"]


def _unknown(event: Event) -> str:
    return text({name: value for name, value in event.items() if name not in _ENVELOPE})


def _requests(event: Event) -> list[str]:
    """Return what targets are asked, those that are asked the same together."""
    groups: dict[tuple[str, str], list[str]] = {}
    for given in items(event, "targets"):
        groups.setdefault((words(given, "request"), words(given, "undo")), []).append(words(given, "target"))
    return [
        f"{_names(targets)}: {request}" + (f" (undo: {undo})" if undo else "")
        for (request, undo), targets in groups.items()
    ]


def _roads(event: Event) -> list[str]:
    """Return which hosts took which road, and why."""
    lines: list[str] = []
    roads = items(event, "roads")
    for road in roads[:_MOST_ROADS]:
        label = "UNDECIDED" if road.get("failed") is True else words(road, "taken") or "no road"
        trace = words(road, "trace")
        lines.append(f"{label}: {_names(road.get('hosts'))}" + (f" because {trace}" if trace else ""))
    more = len(roads) - _MOST_ROADS
    return [*lines, f"and {more} more hosts with reasons of their own"] if more > 0 else lines


def _outcomes(event: Event) -> list[str]:
    """Return how targets ended, those that ended alike together; nothing when all is well."""
    groups: dict[tuple[str, str], list[str]] = {}
    for target in items(event, "targets"):
        cause = " ".join(part for part in (words(target, "cause", "message"), _place(target)) if part)
        groups.setdefault((words(target, "outcome"), cause), []).append(words(target, "target"))
    own = words(event, "cause", "message")
    said = [own] if own and all(own not in cause for _, cause in groups) else []
    if len(groups) < 2 and not any(cause for _, cause in groups):
        return said
    one_outcome = len({outcome for outcome, _ in groups}) == 1
    return said + [
        f"{_names(targets)}: " + (cause if one_outcome and cause else f"{outcome} {cause}".rstrip())
        for (outcome, cause), targets in groups.items()
    ]


def _place(target: Event) -> str:
    at = words(target, "cause", "at")
    return f"[{at}]" if at else ""


def _names(names: object) -> str:
    """Return names with commas; a long list is cut and counted."""
    if not isinstance(names, list):
        return ""
    shown = [text(name) for name in names[:_MOST_NAMES]]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")
