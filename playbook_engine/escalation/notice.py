"""What someone is told: short enough to read on a phone, complete enough to act on."""

from collections.abc import Mapping
from types import MappingProxyType

from playbook_engine.frozen import dataclass
from playbook_engine.phrases.notice import Notices
from playbook_engine.phrases.words import ENGLISH, Words
from playbook_engine.values import RunId
from playbook_engine.visible import escape

TEXT_LIMIT = 3000
"""Characters of a notice's text; the longest that every chat shows whole."""
_TITLE_LIMIT = 200
_WORD_LIMIT = 50
_LISTED_LIMIT = 100
_LISTED = 10
"""With these limits everything but the prose takes at most 2,600 characters, so that some prose always fits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """What a notice is made from.

    `reason` says why someone is told, `message` is what the playbook's author wants said. `changed` and `undone`
    are titles of mitigations; `head` is the end of the record's chain by now, so that the notice is a witness.
    """

    playbook: str
    title: str
    environment: str
    run: RunId
    reason: str
    severity: str | None = None
    message: str | None = None
    step: str | None = None
    changed: tuple[str, ...] = ()
    undone: tuple[str, ...] = ()
    head: str | None = None
    wait: str | None = None
    """How long the run waits for somebody to take it: `10m`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A text for people, fields for machines, and the idempotency key."""

    text: str
    fields: Mapping[str, str]
    key: str


def notice(facts: RunFacts, key: str, shown: RunFacts | None = None, words: Words = ENGLISH) -> Notice:
    """Return the notice for these facts; what is too long is cut in its prose, never in run id and chain head.

    `shown` are the same facts in the language of whoever reads the text; the fields stay as recorded.
    """
    return Notice(text=_text(shown or facts, words), fields=MappingProxyType(_fields(facts)), key=key)


def _text(facts: RunFacts, words: Words) -> str:
    severity = f"[{_line(facts.severity, _WORD_LIMIT)}] " if facts.severity else ""
    title, environment = _line(facts.title, _TITLE_LIMIT), _line(facts.environment, _WORD_LIMIT)
    above = [words(Notices.HEAD, severity=severity, title=title, environment=environment)]
    wait = [words(Notices.WAIT, wait=facts.wait, run=facts.run)] if facts.wait else []
    changed, undone = _list(Notices.CHANGED, facts.changed, words), _list(Notices.UNDONE, facts.undone, words)
    below = [*changed, *undone, *wait, _witness(facts, words)]
    room = TEXT_LIMIT - sum(len(line) + 1 for line in above + below)
    prose = "\n".join(clean(part) for part in (facts.reason, facts.message) if part and part.strip())
    return "\n".join([*above, *([cut(prose, room)] if prose else []), *below])


def _list(first: Notices, titles: tuple[str, ...], words: Words) -> list[str]:
    if not titles:
        return []
    shown = [_line(title, _LISTED_LIMIT) for title in titles[:_LISTED]]
    rest = len(titles) - len(shown)
    lines = [words(first, title=shown[0]), *(words(Notices.AND, title=title) for title in shown[1:])]
    return [*lines, words(Notices.AND_MORE, count=rest)] if rest else lines


def _witness(facts: RunFacts, words: Words) -> str:
    if facts.head is None:
        return words(Notices.RUN, run=facts.run)
    return words(Notices.RUN_RECORD, run=facts.run, head=facts.head[:16])


def _fields(facts: RunFacts) -> dict[str, str]:
    found = {
        "playbook": facts.playbook,
        "title": facts.title,
        "environment": facts.environment,
        "severity": facts.severity,
        "reason": facts.reason,
        "message": facts.message,
        "run": facts.run,
        "step": facts.step,
        "changed": "\n".join(facts.changed),
        "undone": "\n".join(facts.undone),
        "record_head": facts.head,
        "wait": facts.wait,
    }
    return {name: cut(clean(value), TEXT_LIMIT) for name, value in found.items() if value}


def clean(text: str) -> str:
    """Return a text without characters that change how the text around them is shown; line ends stay."""
    return "\n".join(escape(line.replace("\t", " ")) for line in text.strip().split("\n"))


def cut(text: str, limit: int) -> str:
    """Return at most `limit` characters, with `…` where something is missing."""
    return text if len(text) <= limit else text[: max(0, limit - 1)].rstrip() + "…"


def _line(text: str, limit: int) -> str:
    return cut(clean(" ".join(text.split())), limit)
