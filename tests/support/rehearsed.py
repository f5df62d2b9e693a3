"""Rehearsals written in tests, tested as `runbook test` does it."""

from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

from playbook_engine.app.config import Config
from playbook_engine.app.rehearsing import files, testing
from playbook_engine.app.rehearsing.testing import Wanted
from playbook_engine.diagnostics import Diagnostic
from playbook_engine.errors import InvalidInput
from playbook_engine.model.rehearsed import Report

PLAYBOOK = "runbook: v1\nname: {name}\nversion: '1'\ntitle: A test\n"


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder of playbooks with their rehearsals."""

    folder: Path

    def playbook(self, text: str, name: str = "one") -> Path:
        """Write a playbook without its head."""
        return self._write(self.folder / f"{name}.yml", PLAYBOOK.format(name=name) + dedent(text))

    def rehearsal(self, text: str, name: str = "one", playbook: str | None = None) -> Path:
        """Write a rehearsal without its head."""
        head = f"rehearsal: v1\nplaybook: {playbook or name}\n"
        return self._write(self.folder / "rehearsals" / f"{name}.yml", head + dedent(text))

    def test(self, *names: str, **wanted: object) -> Report:
        """Play what is in the folder, or what is named."""
        config = Config(playbooks=self.folder)
        meant = files.meant(names or (str(self.folder),), config)
        return testing.test(Wanted(meant=meant, **wanted), config)  # type: ignore[arg-type]  # tests give what fits

    def refused(self, *names: str) -> tuple[Diagnostic, ...]:
        """Return the problems for which nothing is played."""
        try:
            self.test(*names)
        except InvalidInput as error:
            return error.diagnostics
        raise AssertionError("it was played")

    @staticmethod
    def _write(path: Path, text: str) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path


def told(report: Report) -> list[str]:
    """Return all that is wrong, as `what: message`."""
    found = [finding for scenario in report.scenarios for finding in scenario.findings]
    return [f"{finding.what}: {finding.message}" for finding in (*found, *report.leftovers)]


def happened(report: Report) -> list[str]:
    """Return the path that the only scenario took, where another one was expected."""
    (scenario,) = report.scenarios
    lines = (line for finding in scenario.findings if finding.what == "path" for line in finding.lines)
    return [line.text for line in lines if line.mark.value != "-"]
