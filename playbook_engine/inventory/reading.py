"""Reads the files of an inventory, each in its own format, into one declaration."""

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final, Protocol, assert_never

from playbook_engine.diagnostics import Diagnostic, Problems, Severity
from playbook_engine.frozen import dataclass
from playbook_engine.inventory import formats, host_list, ini_format, vault, yaml_format
from playbook_engine.inventory.declared import Declared
from playbook_engine.inventory.files import Files, ReadText, ReadYaml
from playbook_engine.inventory.formats import Format
from playbook_engine.inventory.layout import Layout
from playbook_engine.inventory.paths import lexical
from playbook_engine.inventory.variables import Reader
from playbook_engine.inventory.vault import Vault


class Programs(Protocol):
    """Runs programs within bounds; a ProgramFault says why there is no output."""

    def run(self, command: Sequence[str]) -> bytes: ...


RunnerFor = Callable[[frozenset[str]], Programs]
"""Makes what runs programs; they do not get these environment variables."""

_NO_TOML: Final = "Write it as YAML: 'ansible-inventory --list --yaml' translates it."
_YAML_NAMES: Final = "YAML is read from .yml, .yaml and .json, and from files without any suffix, as in Ansible."
_NO_INTERPRETER: Final = (
    "A program begins with a line such as '#!/usr/bin/env python3'; a file that is none needs no 'x': chmod -x {}"
)
_NOT_EXECUTABLE: Final = "If it is a program, make it executable: chmod +x {}"
_SPLIT: Final = "Encrypt single values, or the files under group_vars and host_vars; names of hosts stay readable."


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What it takes to read all formats.

    Programs do not get the environment variables that are `hidden`; files that are `left_out` are not read.
    """

    text: ReadText
    yaml: ReadYaml
    vault: Vault
    runner: RunnerFor
    hidden: frozenset[str]
    left_out: frozenset[Path]

    def all(self, layouts: Iterable[Layout], problems: Problems) -> Declared | None:
        """Return what all files declare; None when one could not be read at all."""
        found = Declared()
        readable = True
        for layout in layouts:
            if layout.place.path is None:
                reader = Reader(file=layout.place.shown, problems=problems, vault=self.vault)
                layout.files.listed(layout.place.shown)
                host_list.read(layout.place.shown, reader, found)
            for path in layout.hosts:
                if lexical(path) not in self.left_out:
                    readable = self.one(path, layout.files, found) and readable
        found.finish(problems)
        return found if readable else None

    def one(self, path: Path, files: Files, found: Declared) -> bool:
        """Add what one file declares; return whether it could be read."""
        head = files.head(path)
        if head is None:
            return False
        executable = os.access(path, os.X_OK)
        format_ = formats.of(path.name, head, executable=executable)
        match format_:
            case Format.SCRIPT:
                return self.script(path, files, found)
            case Format.TOML:
                message = f"{files.shown(path)}: inventories in TOML are not read"
                files.problems.error("inventory-format", message, files.place(path), _NO_TOML)
                return False
            case Format.INI if formats.misnamed(path.name, head):
                message = f"{files.shown(path)} looks like YAML, but is read as INI because of its name"
                files.problems.error("inventory-format", message, files.place(path), _YAML_NAMES)
                return False
            case Format.YAML | Format.INI:
                own = Problems()
                readable = self.static(path, files.like(own), format_, found)
                files.problems.extend(self.explained(own, path, files, head, executable=executable))
                return readable
            case _:
                assert_never(format_)

    def static(self, path: Path, files: Files, format_: Format, found: Declared) -> bool:
        named = files.text(path, self.text)
        if named is None:
            return False
        if named.source.text.startswith(vault.HEADER):
            message = f"{files.shown(path)} is encrypted as a whole"
            files.problems.error("vaulted-value", message, files.place(path), _SPLIT)
            return False
        reader = Reader(file=named.relative, problems=files.problems, vault=self.vault)
        if format_ is Format.INI:
            ini_format.read(named.source, reader, found)
            return True
        document = self.yaml(named.source, files.problems)
        if document is None:
            return False
        yaml_format.read(document, reader, found)
        return True

    def script(self, path: Path, files: Files, found: Declared) -> bool:
        from playbook_engine.inventory import script_format  # noqa: PLC0415  most inventories have no program

        runner = self.runner(self.hidden)
        program = str(path.absolute())

        def ask(arguments: tuple[str, ...]) -> bytes:
            data = runner.run((program, *arguments))
            files.printed(path, arguments, data)
            return data

        name = f"{files.origin(path)} --list"
        reader = Reader(file=name, problems=files.problems, vault=self.vault, printed=True)
        return script_format.read(ask, files.place(path), reader, found)

    def explained(
        self, own: Problems, path: Path, files: Files, head: bytes, *, executable: bool
    ) -> tuple[Diagnostic, ...]:
        """Return the problems of a file; where it may be a program, one that says so in place of all errors."""
        problems = own.sorted()
        errors = [each for each in problems if each.severity is Severity.ERROR]
        if not errors or executable == head.startswith(b"#!"):
            return problems
        shown = files.shown(path)
        wrong = "executable, but has no '#!' line" if executable else "not executable, but has a '#!' line"
        hint = (_NO_INTERPRETER if executable else _NOT_EXECUTABLE).format(shown)
        message = f"{shown} is {wrong}; read as a list of hosts it is wrong too: {errors[0].message}"
        return (Diagnostic("not-executable", message, errors[0].span, hint),)
