"""What was good last, kept in files, for the time in which nobody gives anything fresh."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from playbook_engine.sandbox import tokens
from playbook_engine.sandbox.keys import KeySource, KeysUnavailable
from playbook_engine.sandbox.tokens import PublicKeys

_KEYS, _ROWS = "jwks.json", "conversations.json"


class Kept:
    """Writes what is good; reads it again only in fallback mode."""

    def __init__(self, folder: Path | None, *, fallback: bool) -> None:
        self._folder = folder
        self._fallback = fallback
        self._last: dict[str, str] = {}

    def keep(self, name: str, text: str) -> None:
        """Keep this text until a newer one comes; a disk that takes nothing more is no reason to fail."""
        if self._folder is None or self._last.get(name) == text:
            return
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            new = self._folder / f"{name}.new"
            new.write_text(text, encoding="utf-8")
            new.replace(self._folder / name)
            self._last[name] = text

    def recall(self, name: str) -> str | None:
        """Return what was kept, when it may be used now and is there."""
        if not self._fallback or self._folder is None:
            return None
        try:
            return (self._folder / name).read_text(encoding="utf-8")
        except OSError:
            return None


class KeptKeys:
    """The keys of another source, or in fallback mode those that it gave last."""

    def __init__(self, source: KeySource, kept: Kept, write: Callable[[PublicKeys], str]) -> None:
        self._source = source
        self._kept = kept
        self._write = write

    def keys(self) -> PublicKeys:
        try:
            keys = self._source.keys()
        except KeysUnavailable:
            text = self._kept.recall(_KEYS)
            if text is None:
                raise
            return tokens.read_keys(text)
        self._kept.keep(_KEYS, self._write(keys))
        return keys


def keys_text(keys: PublicKeys) -> str:
    """Return keys as JSON, in the form that a JWKS endpoint serves."""
    return json.dumps({"keys": [tokens.jwk(key) for key in keys.values()]})


def keep_rows(kept: Kept, rows: Any) -> None:
    """Keep the rows that the database gave."""
    kept.keep(_ROWS, json.dumps(rows))


def recall_rows(kept: Kept) -> Any | None:
    """Return the rows of last time, in fallback mode; None when there are none."""
    text = kept.recall(_ROWS)
    return None if text is None else json.loads(text)
