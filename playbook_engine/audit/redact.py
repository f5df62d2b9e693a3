"""Masks secrets in texts and events, before anything is hashed, written or shown.

A secret is found as it is and as programs write it (`needles`), anywhere in a text. Where a text was cut, what is
left of a secret at the edge is masked too, from six characters on. Matches that overlap become one mask, so that
nothing of the longer one remains.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from playbook_engine.audit import walk
from playbook_engine.audit.needles import SHORTEST, needles
from playbook_engine.model.events import Event
from playbook_engine.model.replies import Output
from playbook_engine.values import Secret


class _Hit(NamedTuple):
    start: int
    end: int
    mask: str


class Redactor:
    """Knows the secrets of a run; `count` says how many masks it has set so far."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._masks: dict[str, str] = {}
        self._too_short: list[str] = []
        self.count = 0
        for secret in secrets:
            self.add(secret)

    @property
    def too_short(self) -> tuple[str, ...]:
        """Return the names of secrets that are not searched for, because their values are too short."""
        return tuple(self._too_short)

    def add(self, secret: Secret) -> None:
        """Mask this secret too from now on."""
        found = needles(secret.reveal())
        if not found and secret.name not in self._too_short:
            self._too_short.append(secret.name)
        for needle in found:
            self._masks.setdefault(needle, str(secret))

    def text(self, text: str) -> str:
        """Return the text with every secret masked."""
        return self._masked(text, [*self._found(text), *self._found_at_cuts(text)])

    def event(self, event: Event) -> Event:
        """Return the event with every secret masked: the same object when there is none in it."""
        if not self._masks or self._is_clean("\0".join(walk.texts(event))):
            return event
        before = self.count
        masked = walk.changed(event, self.text, self._output)
        return event if self.count == before else masked

    def _is_clean(self, text: str) -> bool:
        # A search for each needle is many times faster than one regular expression with all of them.
        if walk.CUT in text:
            return False
        for needle in self._masks:  # noqa: SIM110  # `any` with a generator takes half as long again
            if needle in text:
                return False
        return True

    def _output(self, output: Output) -> Output:
        """Return the output masked; where it was cut is a cut like any other."""
        if not output.truncated:
            return replace(output, head=self._whole(output.head), tail=self._whole(output.tail))
        head = self.text(output.head + walk.CUT).removesuffix(walk.CUT)
        tail = self.text(walk.CUT + output.tail).removeprefix(walk.CUT)
        return replace(output, head=head, tail=tail)

    def _whole(self, text: str) -> str:
        """Return a text of which nothing was cut: an ellipsis in it is just that."""
        return self._masked(text, self._found(text))

    def _found(self, text: str) -> list[_Hit]:
        return [
            _Hit(start, start + len(needle), mask)
            for needle, mask in self._masks.items()
            for start in _positions(needle, text)
        ]

    def _found_at_cuts(self, text: str) -> Iterator[_Hit]:
        """Yield what is left of secrets right before and right after a cut."""
        if walk.CUT not in text:
            return
        for needle, mask in self._masks.items():
            for start in _positions(needle[:SHORTEST], text):
                end = text.find(walk.CUT, start + SHORTEST, start + len(needle))
                if end > 0 and needle.startswith(text[start:end]):
                    yield _Hit(start, end, mask)
            for last in _positions(needle[-SHORTEST:], text):
                end = last + SHORTEST
                start = text.rfind(walk.CUT, max(0, end - len(needle)), last) + len(walk.CUT)
                if start > 0 and needle.endswith(text[start:end]):
                    yield _Hit(start, end, mask)

    def _masked(self, text: str, hits: list[_Hit]) -> str:
        if not hits:
            return text
        pieces: list[str] = []
        done = 0
        for start, end, mask in _merged(hits):
            pieces += (text[done:start], mask)
            done = end
            self.count += 1
        return "".join((*pieces, text[done:]))


def _positions(needle: str, text: str) -> Iterator[int]:
    """Yield where the needle begins, overlapping places included."""
    start = text.find(needle)
    while start >= 0:
        yield start
        start = text.find(needle, start + 1)


def _merged(hits: list[_Hit]) -> Iterator[_Hit]:
    """Yield hits in order, those that overlap as one; the mask is that of the longest at the earliest place."""
    ordered = sorted(hits, key=lambda hit: (hit.start, -hit.end))
    current = ordered[0]
    for hit in ordered[1:]:
        if hit.start < current.end:
            current = current._replace(end=max(current.end, hit.end))
        else:
            yield current
            current = hit
    yield current
