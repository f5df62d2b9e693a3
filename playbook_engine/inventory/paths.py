"""Paths as people write them in inventories."""

import os
from pathlib import Path


def with_home(text: str) -> str:
    """Return the path with `~` and `~user` replaced; an unknown user's stays as it is."""
    return os.path.expanduser(text)  # noqa: PTH111 - Path.expanduser raises where there is no such user


def lexical(path: Path) -> Path:
    """Return the path as absolute, `.` and `..` resolved by name only: a link keeps the name that people gave it."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - Path.resolve would follow links


def beside(folder: Path, text: str) -> str:
    """Return a path written in a file of `folder`; relative ones count from there."""
    return str(folder / with_home(text))
