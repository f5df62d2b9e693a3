"""One inventory of the comparison."""

from collections.abc import Mapping
from pathlib import Path

from playbook_engine.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Case:
    """Files with their texts, and what is given to `-i`: paths below the folder, or lists of hosts."""

    name: str
    files: Mapping[str, str]
    sources: tuple[str, ...]

    def write(self, folder: Path) -> list[str]:
        """Write the files below a folder of the case's own; return its sources as they are typed."""
        for name, text in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
            if text.startswith("#!"):
                path.chmod(0o755)
        return [source if "," in source else str(folder / source) for source in self.sources]


def one(name: str, file: str, text: str) -> Case:
    """Return a case of a single file."""
    return Case(name, {file: text}, (file,))
