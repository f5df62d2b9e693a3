"""A mapping that can say why a key is missing."""

import json
from collections.abc import Mapping

from playbook_engine.values import Value


class Fields(dict[str, Value]):
    """A mapping whose missing keys have an explanation (`absent`), for the message that a person reads.

    `ambiguous` says that the keys are missing because there is more than one value, not none.
    """

    def __init__(self, values: Mapping[str, Value], absent: str | None = None, *, ambiguous: bool = False) -> None:
        super().__init__(values)
        self.absent = absent
        self.ambiguous = ambiguous


def with_json(fields: dict[str, Value], text: str, *, truncated: bool) -> Fields:
    """Return the fields with `json` added when the text is JSON; else the reason why there is none.

    NaN and Infinity are not JSON (RFC 8259, section 6).
    """
    if truncated:
        return Fields(fields, "'json' is missing: the output was too long to be kept whole")
    if text.lstrip()[:1] not in tuple('{["-0123456789tfn'):
        return Fields(fields, "'json' is missing: the output is not JSON")
    try:
        parsed: Value = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        return Fields(fields, f"'json' is missing: the output is not JSON ({error})")
    return Fields(fields | {"json": parsed})


def _refuse_constant(name: str) -> Value:
    raise ValueError(f"{name} is not a JSON value")
