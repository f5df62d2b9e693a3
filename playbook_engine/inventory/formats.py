"""Which format a file has: decided once, by its mode, its suffix and its first line.

Ansible tries one format after the other until one does not fail. The result is the same here for every file that
it can read; a file that it cannot read gets one message, and not one for each format.
"""

import re
from enum import Enum
from pathlib import PurePath
from typing import Final

SUFFIXES: Final = (".yml", ".yaml", ".json")
"""What Ansible reads as YAML, besides files without any suffix."""

_HEADER: Final = re.compile(r"\[[^\[\]\s]+\]\s*(?:#.*)?")
_KEY: Final = re.compile(
    r"""(?:"[^"]*"\s*|'[^']*'\s*|[^\s'"\[\]{}#&*!|>%@`,=:](?:[^:#=]|:(?=\S)|(?<=\S)#)*):(?:\s|$)"""
)
_HOST_LINE: Final = re.compile(r"(?!-\s|---|%)(?:[^\s\[\]{}\"':#,]|\[[^\]]*\]|:(?=\d))+(?:\s+[\w.-]+=.*)?")


class Format(Enum):
    """How a file is read."""

    YAML = "YAML"
    INI = "INI"
    SCRIPT = "an executable inventory"
    TOML = "TOML"


def of(name: str, head: bytes, *, executable: bool) -> Format:
    """Return the format of a file that is called `name` and begins with `head`."""
    if executable and is_program(head):
        return Format.SCRIPT
    suffix = PurePath(name).suffix
    if suffix == ".toml":
        return Format.TOML
    line = _first_line(head)
    if suffix == ".json":
        return Format.YAML
    if suffix in SUFFIXES:
        ini = _HEADER.fullmatch(line) or (_HOST_LINE.fullmatch(line) and not _KEY.match(line))
        return Format.INI if ini else Format.YAML
    if suffix:
        return Format.INI
    return Format.YAML if _looks_like_yaml(line) else Format.INI


def misnamed(name: str, head: bytes) -> bool:
    """Tell whether a file is YAML although its suffix says that it is not; Ansible cannot read such a file."""
    return PurePath(name).suffix not in ("", *SUFFIXES) and _looks_like_yaml(_first_line(head))


def is_program(head: bytes) -> bool:
    """Tell whether the system can execute such a file: it names its interpreter, or is no text at all."""
    return head.startswith(b"#!") or b"\x00" in head


def _looks_like_yaml(line: str) -> bool:
    return line.startswith(("---", "%YAML", "{", "- ")) or _KEY.match(line) is not None


def _first_line(head: bytes) -> str:
    """Return the first line that says something; `;` begins a comment only in INI."""
    text = head.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    lines = (line.strip() for line in text.splitlines())
    return next((line for line in lines if line and not line.startswith(("#", ";"))), "")
