"""Folders with a playbook and an inventory, prepared as the command line does it."""

from dataclasses import dataclass, field
from pathlib import Path

from playbook_engine.app.planning import Ready, Request, prepare
from playbook_engine.errors import InvalidInput
from playbook_engine.model.settings import RunSettings
from playbook_engine.model.sources import InventorySources, Place

PLAYBOOK = """\
runbook: v1
name: disk-full
version: 1.0.0
title: A disk runs full
hosts: all
health:
  - check: The disk has room
    local: "true"
"""
HOSTS = "all: {hosts: {one: {ansible_connection: local}, two: {ansible_connection: local}}}\n"


@dataclass(slots=True)
class Project:
    """A folder to prepare plans from."""

    folder: Path
    playbook: str = PLAYBOOK
    hosts: str = HOSTS
    environment: str = "environment: test\n"
    limit: str | None = None
    only_look: bool = False
    set_texts: dict[str, str] = field(default_factory=dict)

    def write(self) -> None:
        """Put the files into the folder."""
        inventory = self.folder / "inv"
        inventory.mkdir(exist_ok=True)
        (self.folder / "playbook.yml").write_text(self.playbook, encoding="utf-8")
        (inventory / "hosts.yml").write_text(self.hosts, encoding="utf-8")
        (inventory / "environment.yml").write_text(self.environment, encoding="utf-8")

    @property
    def request(self) -> Request:
        """Return what the command line asks for."""
        return Request(
            playbook=self.folder / "playbook.yml",
            inventory=InventorySources(places=(Place(str(self.folder / "inv"), self.folder / "inv"),)),
            settings=RunSettings(state_dir=self.folder / "state"),
            limit=self.limit,
            only_look=self.only_look,
            set_texts=self.set_texts,
        )

    def prepare(self) -> Ready:
        """Write the files, read them, and bind them to each other; raises InvalidInput."""
        self.write()
        return prepare(self.request)

    def problems(self) -> list[str]:
        """Return what is wrong, as `FILE:LINE code` (without a place: `- code`)."""
        try:
            ready = self.prepare()
        except InvalidInput as error:
            found = error.diagnostics
        else:
            found = ready.warnings
        return [f"{f'{Path(d.span.source.name).name}:{d.span.line}' if d.span else '-'} {d.code}" for d in found]
