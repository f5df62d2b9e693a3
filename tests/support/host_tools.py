"""What stands on a host's PATH: this machine's programs, without some of them, and with stand-ins for others."""

import os
import stat
from pathlib import Path

_EVERYWHERE = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")


class HostTools:
    """A folder of links to programs; `restore` makes it what it was."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self._changed: dict[str, str | None] = {}
        for place in _EVERYWHERE:
            for entry in os.scandir(place) if Path(place).is_dir() else ():
                link = folder / entry.name
                if not link.is_symlink() and not entry.is_dir():
                    link.symlink_to(entry.path)

    def without(self, *names: str) -> None:
        """Take programs away, as if they had never been installed."""
        for name in names:
            self._remember(name)
            (self.folder / name).unlink(missing_ok=True)

    def put(self, name: str, script: str) -> None:
        """Put a stand-in there: the lines of a shell script."""
        self.without(name)
        path = self.folder / name
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)

    def restore(self) -> None:
        for name, target in self._changed.items():
            path = self.folder / name
            path.unlink(missing_ok=True)
            if target is not None:
                path.symlink_to(target)
        self._changed.clear()

    def _remember(self, name: str) -> None:
        path = self.folder / name
        if name not in self._changed:
            self._changed[name] = str(path.readlink()) if path.is_symlink() else None
