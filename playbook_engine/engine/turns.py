"""The turns of a loop: what each is called, and how its item is shown."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from playbook_engine.frozen import dataclass
from playbook_engine.values import Secret, SecretText, TargetName, Value

LONGEST_LABEL = 40
LONGEST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Turn:
    """One item of a loop; `label` tells it from the others, `shown` is the item for people."""

    item: Value
    label: str
    shown: str

    def name(self, target: TargetName) -> TargetName:
        """Return the name of the turn on a target: `api-1[nginx]`."""
        return TargetName(f"{target}[{self.label}]")


def turns(items: Sequence[Value]) -> tuple[Turn, ...]:
    """Return a turn for each item: called by the item's text where that is short and the only one, else by number."""
    texts = [_label(item) for item in items]
    count = Counter(text for text in texts if text is not None)
    labels = [
        text if text is not None and count[text] == 1 else str(number) for number, text in enumerate(texts, start=1)
    ]
    if len(set(labels)) < len(labels):
        # A number stands for one item and is the text of another: then only numbers tell them apart.
        labels = [str(number) for number in range(1, len(items) + 1)]
    return tuple(Turn(item, label, _shown(item)) for item, label in zip(items, labels, strict=True))


def _label(item: Value) -> str | None:
    """Return an item's text when it can stand in a name."""
    text = _scalar(item)
    fits = text is not None and 0 < len(text) <= LONGEST_LABEL and text.isprintable() and text == text.strip()
    return text if fits else None


def _scalar(item: Value) -> str | None:
    match item:
        case bool():
            return "true" if item else "false"
        case int() | float() | str():
            return str(item)
        case _:
            return None


def _shown(item: Value) -> str:
    text = str(item) if isinstance(item, Secret | SecretText) else _scalar(item)
    if text is None:
        text = json.dumps(item, ensure_ascii=False, default=_plain)
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"


def _plain(value: object) -> object:
    """Return what JSON has no word for as something it has one for; secrets show their names."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Secret | SecretText):
        return str(value)
    raise TypeError(f"a {type(value).__name__} is no data")
