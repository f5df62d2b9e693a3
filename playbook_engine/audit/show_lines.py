"""One event as lines of the timeline."""

from collections.abc import Callable, Mapping
from typing import Any

from playbook_engine.audit.show_fields import clock, items, joined, length, text, words
from playbook_engine.model.translations import UNTRANSLATED, Reader
from playbook_engine.phrases import timeline as phrases
from playbook_engine.phrases.screen import Gist, Outcomes, Verdicts
from playbook_engine.phrases.words import Words

Event = Mapping[str, Any]

_MOST_NAMES = 8
_MOST_ROADS = 16
_ENVELOPE = frozenset({"v", "seq", "ts", "mono_ms", "run", "type", "redactions", "prev", "hash"})


class Timeline:
    """Grows by one event at a time."""

    def __init__(self, reader: Reader = UNTRANSLATED) -> None:
        self._words = reader.words
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
        title = words(event, "playbook", "title")
        self.lines.append(self._words(phrases.Timeline.RUN, run=words(event, "run"), title=title))
        self.lines += [*(f"  {line}" for line in _circumstances(event, self._words)), ""]

    def step_started(self, event: Event) -> None:
        if event.get("changes") is True:
            begun = self._words(phrases.Timeline.BEGUN, title=words(event, "title"))
            details = (*_requests(event, self._words), *_batches(event, self._words))
            self._say(event, words(event, "verb"), begun, *details)

    def batch_finished(self, event: Event) -> None:
        done = self._words(
            phrases.Timeline.BATCH,
            title=self._title(event),
            number=words(event, "number"),
            of=words(event, "of"),
            failed=words(event, "failed"),
            most=words(event, "max_failures"),
        )
        left = words(event, "not_begun")
        stops = left != "0" and event.get("goes_on") is False
        stop = self._words(phrases.Timeline.BATCH_STOPS, left=left) if stops else ""
        self._say(event, "mitigate", f"{done}{stop}", _names(event.get("targets"), self._words))

    def attempt_finished(self, event: Event) -> None:
        if isinstance(event.get("attempt"), int):
            path = words(event, "path")
            self._tries[path] = max(self._tries.get(path, 0), event["attempt"])

    def step_finished(self, event: Event) -> None:
        tries = self._tries.pop(words(event, "path"), 0)
        targets = items(event, "targets")
        aside = bool(targets) and all(target.get("counts") is False for target in targets)
        facts = [
            self._words(phrases.Timeline.NOT_CRITICAL) if aside else "",
            length(event),
            self._words(phrases.Timeline.TRIES, count=tries) if tries > 1 else "",
        ]
        around = self._words(Gist.COMMA).join(fact for fact in facts if fact)
        self._say(event, words(event, "verb"), self._ended(event, around), *_outcomes(event, self._words))

    def _ended(self, event: Event, facts: str) -> str:
        phrase = phrases.Timeline.ENDED_FACTS if facts else phrases.Timeline.ENDED
        title, outcome = words(event, "title"), _outcome(event, self._words)
        return self._words(phrase, title=title, outcome=outcome, facts=facts)

    def branch_taken(self, event: Event) -> None:
        others = joined(event, "not_taken")
        if items(event, "roads"):
            each = self._words(phrases.Timeline.EACH_HOST, title=words(event, "title"))
            self._say(event, "branch", each, *_roads(event, self._words))
            return
        trace = words(event, "trace")
        self._say(
            event,
            "branch",
            self._words(phrases.Timeline.TAKEN, title=words(event, "title"), taken=words(event, "taken")),
            self._words(phrases.Timeline.BECAUSE, trace=trace) if trace else "",
            self._words(phrases.Timeline.NOT_TAKEN, others=others) if others else "",
        )

    def play_started(self, event: Event) -> None:
        playbook = f"{words(event, 'playbook', 'name')} {words(event, 'playbook', 'version')}"
        hosts = _names(event.get("hosts"), self._words)
        given = ", ".join(f"{words(each, 'name')} = {words(each, 'value')}" for each in items(event, "inputs"))
        title = words(event, "playbook", "title")
        self._say(
            event,
            "play",
            self._words(phrases.Timeline.BEGUN_PLAY, title=title, playbook=playbook),
            self._words(phrases.Timeline.ON, hosts=hosts) if hosts else "",
            self._words(phrases.Timeline.WITH, given=given) if given else "",
            _playbook(event, self._words),
        )

    def play_finished(self, event: Event) -> None:
        ended = {"title": words(event, "title"), "outcome": words(event, "ended"), "facts": length(event)}
        self._say(event, "play", self._words(phrases.Timeline.ENDED_FACTS, **ended))

    def approval_requested(self, event: Event) -> None:
        asked = self._words(phrases.Timeline.ASKED, title=words(event, "title"))
        self._say(event, "approval", asked, *_requests(event, self._words), *_batches(event, self._words))

    def approval_granted(self, event: Event) -> None:
        given = {"title": self._title(event), "by": words(event, "by"), "how": words(event, "how")}
        self._say(event, "approval", self._words(phrases.Timeline.YES, **given))

    def approval_declined(self, event: Event) -> None:
        phrase = phrases.Timeline.NO_ENDS if event.get("stop") is True else phrases.Timeline.NO
        self._say(event, "approval", self._words(phrase, title=self._title(event), by=words(event, "by")))

    def escalation_intended(self, event: Event) -> None:
        given = {"contact": words(event, "contact"), "reason": words(event, "reason")}
        self._say(event, "escalate", self._words(phrases.Timeline.TELLING, **given), words(event, "message"))

    def escalation_delivered(self, event: Event) -> None:
        where = f"{words(event, 'channel')} {words(event, 'address')}"
        wait = length(event, "wait_ms")
        waits = self._words(phrases.Timeline.WAITING, wait=wait) if wait else ""
        told = self._words(phrases.Timeline.TOLD, contact=words(event, "contact"), where=where)
        self._say(event, "escalate", told, words(event, "receipt"), waits)

    def escalation_acknowledged(self, event: Event) -> None:
        given = {name: words(event, name) for name in ("contact", "by", "how")}
        what = self._words(phrases.Timeline.TAKEN_BY, **given, time=length(event, "waited_ms"))
        self._say(event, "escalate", what, words(event, "note"))

    def escalation_unacknowledged(self, event: Event) -> None:
        what = self._words(phrases.Timeline.TAKEN_BY_NOBODY, contact=words(event, "contact"))
        self._say(event, "escalate", what, words(event, "reason"))

    def escalation_failed(self, event: Event) -> None:
        reasons = event.get("reasons")
        details = [text(reason) for reason in reasons] if isinstance(reasons, list) else []
        said = self._words(phrases.Timeline.NOT_TOLD, contact=words(event, "contact"))
        self._say(event, "escalate", said, *details)

    def undo_started(self, event: Event) -> None:
        begun = self._words(phrases.Timeline.BEGUN, title=words(event, "title"))
        self._say(event, "undo", begun, *_requests(event, self._words))

    def undo_finished(self, event: Event) -> None:
        self._say(event, "undo", self._ended(event, length(event)), *_outcomes(event, self._words))

    def run_paused(self, event: Event) -> None:
        self._say(event, "paused", words(event, "reason"))

    def run_interrupted(self, event: Event) -> None:
        signal = words(event, "signal")
        again = self._words(phrases.Timeline.AGAIN, signal=signal)
        self._say(event, "signal", again if event.get("again") is True else signal)

    def answers_lost(self, event: Event) -> None:
        self._say(event, "answers", f"not kept in full any longer: {words(event, 'reason')}")

    def run_finished(self, event: Event) -> None:
        verdict = words(event, "verdict")
        known = Verdicts.__members__.get(verdict.upper())
        end = self._words(
            phrases.Timeline.VERDICT,
            verdict=self._words(known) if known is not None else verdict,
            code=words(event, "exit_code"),
            time=length(event),
            reason=words(event, "reason"),
        )
        found = ((phrase, joined(event, label)) for label, phrase in _ENDS.items())
        details = (self._words(phrase, names=names) for phrase, names in found if names)
        self.is_finished = True
        self.lines.append("")
        self._say(event, "verdict", end, *details)


_ENDS = {
    "changed": phrases.Timeline.CHANGED,
    "undone": phrases.Timeline.UNDONE,
    "not_undone": phrases.Timeline.NOT_UNDONE,
    "told": phrases.Timeline.WERE_TOLD,
    "not_told": phrases.Timeline.WERE_NOT_TOLD,
}


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


def _circumstances(event: Event, say: Words) -> list[str]:
    """Return what was played, where, by whom and with what."""
    inventory = event.get("inventory")
    selected = _names(inventory.get("selected"), say) if isinstance(inventory, Mapping) else ""
    actor = {name: words(event, "actor", name) for name in ("user", "host", "kind")}
    playbook = {name: words(event, "playbook", name) for name in ("name", "version")}
    given = ({name: words(each, name) for name in ("name", "value")} for each in items(event, "inputs"))
    hosts = selected or say(phrases.Timeline.NO_HOST)
    return [
        say(
            phrases.Timeline.PLAYED,
            **playbook,
            **actor,
            environment=words(event, "environment"),
            mode=words(event, "mode"),
        ),
        say(phrases.Timeline.BEGUN_WITH, time=words(event, "ts"), tool=words(event, "tool")),
        _playbook(event, say),
        say(phrases.Timeline.INVENTORY, path=words(event, "inventory", "path"), hosts=hosts),
        *(say(phrases.Timeline.INPUT, **each) for each in given),
        *(say(phrases.Timeline.NOTE, note=text(note)) for note in _listed(event, "notes")),
    ]


def _playbook(event: Event, say: Words) -> str:
    """Return which file was played, byte for byte."""
    path, sha, git = (words(event, "playbook", name) for name in ("path", "sha256", "git"))
    phrase = phrases.Timeline.PLAYBOOK_COMMIT if git else phrases.Timeline.PLAYBOOK
    return say(phrase, path=path, sha=sha[:16], commit=git)


def _outcome(event: Event, say: Words) -> str:
    """Return how something ended in the reader's language; a word that nobody knows as it is."""
    outcome = words(event, "outcome")
    known = Outcomes.__members__.get(outcome.upper())
    return say(known) if known is not None else outcome


def _listed(event: Event, name: str) -> list[object]:
    found = event.get(name)
    return found if isinstance(found, list) else []


def _batches(event: Event, say: Words) -> list[str]:
    """Return how a mitigation rolls over its targets; nothing when all change at once."""
    sizes = _listed(event, "batches")
    if not sizes:
        return []
    phrase = phrases.Timeline.IN_BATCHES if len(sizes) > 1 else phrases.Timeline.AT_ONCE
    return [say(phrase, count=len(sizes), sizes=", ".join(map(text, sizes)), most=words(event, "max_failures"))]


def _unknown(event: Event) -> str:
    return text({name: value for name, value in event.items() if name not in _ENVELOPE})


def _requests(event: Event, say: Words) -> list[str]:
    """Return what targets are asked, those that are asked the same together."""
    groups: dict[tuple[str, str], list[str]] = {}
    for given in items(event, "targets"):
        groups.setdefault((words(given, "request"), words(given, "undo")), []).append(words(given, "target"))
    return [
        say(
            phrases.Timeline.REQUEST_UNDO if undo else phrases.Timeline.REQUEST,
            targets=_names(targets, say),
            request=request,
            undo=undo,
        )
        for (request, undo), targets in groups.items()
    ]


def _roads(event: Event, say: Words) -> list[str]:
    """Return which hosts took which road, and why."""
    lines: list[str] = []
    roads = items(event, "roads")
    for road in roads[:_MOST_ROADS]:
        undecided = road.get("failed") is True
        taken = words(road, "taken") or say(phrases.Timeline.NO_ROAD)
        label = say(phrases.Timeline.UNDECIDED) if undecided else taken
        trace, hosts = words(road, "trace"), _names(road.get("hosts"), say)
        phrase = phrases.Timeline.ROAD_BECAUSE if trace else phrases.Timeline.ROAD
        lines.append(say(phrase, label=label, hosts=hosts, trace=trace))
    more = len(roads) - _MOST_ROADS
    return [*lines, say(phrases.Timeline.MORE_ROADS, count=more)] if more > 0 else lines


def _outcomes(event: Event, say: Words) -> list[str]:
    """Return how targets ended, those that ended alike together; nothing when all is well."""
    groups: dict[tuple[str, str], list[str]] = {}
    for target in items(event, "targets"):
        cause = " ".join(part for part in (words(target, "cause", "message"), _place(target)) if part)
        groups.setdefault((_outcome(target, say), cause), []).append(words(target, "target"))
    own = words(event, "cause", "message")
    said = [own] if own and all(own not in cause for _, cause in groups) else []
    if len(groups) < 2 and not any(cause for _, cause in groups):
        return said
    one_outcome = len({outcome for outcome, _ in groups}) == 1
    return said + [
        f"{_names(targets, say)}: " + (cause if one_outcome and cause else f"{outcome} {cause}".rstrip())
        for (outcome, cause), targets in groups.items()
    ]


def _place(target: Event) -> str:
    at = words(target, "cause", "at")
    return f"[{at}]" if at else ""


def _names(names: object, say: Words) -> str:
    """Return names with commas; a long list is cut and counted."""
    if not isinstance(names, list):
        return ""
    shown = [text(name) for name in names[:_MOST_NAMES]]
    more = len(names) - len(shown)
    listed = ", ".join(shown)
    return say(phrases.Timeline.AND_MORE, names=listed, count=more) if more > 0 else listed
