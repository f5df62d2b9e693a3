"""What an explicit YAML tag makes of a value: `!!str 12` is a text. Other tags have no meaning here."""

import re

from playbook_engine.frozen import dataclass
from playbook_engine.language.scalars import ScalarRules
from playbook_engine.model.document import UNSAFE, VAULTED
from playbook_engine.values import Scalar

_CORE = "tag:yaml.org,2002:"
_TYPES: dict[str, tuple[type, ...]] = {
    "bool": (bool,),
    "int": (int,),
    "float": (float, int),
    "null": (type(None),),
}
_KEPT = {"!vault": VAULTED, "!vault-encrypted": VAULTED, "!unsafe": UNSAFE}
_PROPERTY = re.compile(r"(?:&[^\s,\[\]{}]+|![^\s,\[\]{}]*)(?:\s|#.*)*")


@dataclass(frozen=True, slots=True)
class UnknownTag:
    """A tag without a meaning, and what to do about it."""

    message: str
    hint: str
    code: str = "unknown-tag"


def tagged(tag: str, text: str, rules: ScalarRules) -> Scalar | UnknownTag:
    """Return the value of a scalar with a tag."""
    if tag in ("!", f"{_CORE}str") or kept(tag, rules):
        return text
    types = _TYPES.get(tag.removeprefix(_CORE)) if tag.startswith(_CORE) else None
    if types is None:
        return _unknown(tag)
    value = rules.resolve(text)
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        return UnknownTag(f"'{text}' is not of the type that {_shown(tag)} says", "Remove the tag.")
    return float(value) if float in types and isinstance(value, int | float) else value


def kept(tag: str | None, rules: ScalarRules) -> str | None:
    """Return the tag that the value keeps, because what it means is decided later; None for all others."""
    return _KEPT.get(tag) if rules.ansible_tags and tag is not None else None


def refused(tag: str | None, kind: str) -> UnknownTag | None:
    """Return why a list (`seq`) or mapping (`map`) must not have this tag; None when it may."""
    return None if tag in (None, "!", _CORE + kind) else _unknown(tag)


def skip_properties(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where a node's tag stands (or its start), and where the node begins after tag and anchor."""
    tag_at, at = start, start
    while at < end and (match := _PROPERTY.match(text, at, end)):
        tag_at = at if text[at] == "!" else tag_at
        at = match.end()
    return tag_at, at


def _unknown(tag: str) -> UnknownTag:
    return UnknownTag(f"the tag {_shown(tag)} has no meaning here", "Remove it, or put the whole value in quotes.")


def _shown(tag: str) -> str:
    return f"!!{tag.removeprefix(_CORE)}" if tag.startswith(_CORE) else tag
