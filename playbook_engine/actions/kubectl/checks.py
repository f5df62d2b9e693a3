"""What a word of a kubectl line may be; each check returns the word, put right, or raises ValueError.

The same check serves a word that is known when the playbook is loaded and one that a value has filled in.
"""

import re
from collections.abc import Callable
from typing import TypeAlias

from playbook_engine.values import Duration

Check: TypeAlias = Callable[[str], str]

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")
_VARIABLE = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")
_KEY = r"([A-Za-z0-9][-A-Za-z0-9.]*/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?"
_VALUE = r"([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?"
_REQUIREMENT = re.compile(
    rf"\s*(!\s*{_KEY}|{_KEY}(\s*(==?|!=)\s*{_VALUE}|\s+(in|notin)\s*\(\s*{_VALUE}(\s*,\s*{_VALUE})*\s*\))?)\s*"
)
_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9._\[\]]*\s*(==?|!=)\s*[^,=!\x00-\x1f]*")
_STEP = r"(\.[A-Za-z_][-\w]*(\\\.[-\w]+)*|\[(-?\d+|\*|'[^'\\]+'|\"[^\"\\]+\")\])"
_PATH = re.compile(rf"\$?{_STEP}+")


def object_name(text: str) -> str:
    """An object's name, as RFC 1123 has it."""
    if not _NAME.fullmatch(text):
        raise ValueError(f"'{text}' is not the name of an object: it is lower-case letters, digits, '-' and '.'")
    return text


def namespace(text: str) -> str:
    """A namespace's name."""
    if not _LABEL.fullmatch(text):
        raise ValueError(f"'{text}' is not the name of a namespace: it is lower-case letters, digits and '-'")
    return text


def container(text: str) -> str:
    """A container's name."""
    if not _LABEL.fullmatch(text):
        raise ValueError(f"'{text}' is not the name of a container: it is lower-case letters, digits and '-'")
    return text


def variable(text: str) -> str:
    """The name of an environment variable."""
    if not _VARIABLE.fullmatch(text):
        raise ValueError(f"'{text}' is not the name of a variable: it is letters, digits, '_', '-' and '.'")
    return text


def count(text: str) -> str:
    """A number of replicas."""
    return _integer(text, 0, "a whole number, 0 or more")


def lines(text: str) -> str:
    """A number of lines; -1 means all."""
    return _integer(text, -1, "a whole number of lines, or -1 for all")


def duration(text: str) -> str:
    """A length of time above zero."""
    if Duration.parse(text).ms == 0:
        raise ValueError("the time must be above zero")
    return text


def whole_seconds(text: str) -> str:
    """A length of time of a second or more."""
    if Duration.parse(text).ms < 1000:
        raise ValueError(f"'{text}' is too short: the least is 1s")
    return text


def selector(text: str) -> str:
    """A label selector: `app=api,tier in (web, worker),!legacy`."""
    if not all(_REQUIREMENT.fullmatch(part) for part in _parts(text)):
        raise ValueError(f"'{text}' is not a label selector; write 'app=api,tier!=web' or 'tier in (web, worker)'")
    return text


def field_selector(text: str) -> str:
    """A field selector: `status.phase!=Running`."""
    if not all(_FIELD.fullmatch(part.strip()) for part in text.split(",")):
        raise ValueError(f"'{text}' is not a field selector; write 'status.phase=Failed,spec.nodeName=node-1'")
    return text


def output(text: str) -> str:
    """The shape of an answer: json, name, or one simple path."""
    form, equals, path = text.partition("=")
    if form == "jsonpath" and equals:
        return f"jsonpath={_json_path(path)}"
    if text in ("yaml", "wide", "jsonpath-as-json", "go-template", "custom-columns") or form in _LATER_OUTPUTS:
        raise ValueError(f"the output '{form}' is not yet supported; there are json, name and jsonpath={{.path}}")
    if text not in ("json", "name"):
        raise ValueError(f"'{text}' is not an output; there are json, name and jsonpath={{.path}}")
    return text


_LATER_OUTPUTS = (
    "jsonpath-as-json",
    "jsonpath-file",
    "go-template",
    "go-template-file",
    "template",
    "templatefile",
    "custom-columns",
    "custom-columns-file",
)


def _json_path(path: str) -> str:
    bare = path[1:-1].strip() if path.startswith("{") and path.endswith("}") else path
    if not _PATH.fullmatch(bare):
        raise ValueError(
            f"the path '{path}' is not supported; write one path of names, numbers and stars: "
            "{.items[*].metadata.name}"
        )
    return "{" + bare + "}"


def _integer(text: str, least: int, expected: str) -> str:
    if not re.fullmatch(r"-?[0-9]{1,9}", text) or int(text) < least:
        raise ValueError(f"'{text}' is not {expected}")
    return str(int(text))


def _parts(text: str) -> list[str]:
    """Split a selector at the commas that do not stand in parentheses."""
    return re.split(r",(?![^(]*\))", text)
