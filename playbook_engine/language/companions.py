"""The files beside a playbook: what `apply -f FILE` names, as trees with positions."""

import hashlib
from pathlib import Path

from playbook_engine.diagnostics import Problems, Span
from playbook_engine.language.expressions.compiler import ExpressionCompiler
from playbook_engine.language.reader import decode, read_all
from playbook_engine.language.text import read_bytes
from playbook_engine.model.manifests import Manifests


class PlaybookCompiler(ExpressionCompiler):
    """Makes expressions and templates, and reads the files that the playbook in `folder` names.

    Problems in such a file are told in its own lines; `shown` is the folder as people typed it.
    """

    def __init__(self, problems: Problems, folder: Path) -> None:
        super().__init__(problems)
        self._found = problems
        self._folder = folder

    def manifests(self, name: str, span: Span) -> Manifests | None:
        """Read a file, its path relative to the playbook; see `model.manifests.ReadsManifests`."""
        path = self._folder / name
        own = Problems()
        data = read_bytes(path, str(path), own)
        source = None if data is None else decode(str(path), data, own)
        documents = None if source is None else read_all(source, own)
        for problem in own.sorted():
            place = problem.span or span  # a file that cannot be read is told where it is named
            self._found.extend([type(problem)(problem.code, problem.message, place, problem.hint, problem.severity)])
        if documents is None or data is None or own.has_errors:
            return None
        return Manifests(documents, hashlib.sha256(data).hexdigest())
