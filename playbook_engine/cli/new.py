"""`runbook new`: a playbook to begin with."""

import sys
from pathlib import Path

import click

from playbook_engine.app import scaffold
from playbook_engine.cli import options, streams


@click.command("new", short_help="Write a new playbook to begin with.")
@click.argument("name")
@click.option("--title", metavar="TEXT", help="The scenario in one line; made from the name when nothing is said.")
@click.option("--dir", "folder", metavar="DIR", help="Where to write it, instead of the playbooks folder.")
def command(name: str, title: str | None, folder: str | None) -> None:
    """Write NAME.yml, an example that lints clean, with comments that say what each part is for; and a rehearsal.

    A file that is there already is never touched.
    """
    chosen = Path(folder) if folder is not None else _short(options.here().playbooks)
    written = scaffold.write(name, title, chosen)
    path = written.playbook
    where = name if folder is None else path
    both = f"{path} and {written.rehearsal}" if written.rehearsal is not None else path
    lines = [
        f"Wrote {both}. Next:",
        f"  edit it              {path}",
        f"  check it             runbook lint {where}",
        f"  rehearse it          runbook test {where} --coverage",
        f"  read it as a page    runbook show {where}",
        f"  see what it would do runbook play {where} -i INVENTORY --plan",
    ]
    if scaffold.near_schema(chosen) is None:
        beside = chosen.parent / scaffold.SCHEMA
        each = f"for s in playbook rehearsal; do runbook schema $s > {beside.parent}/$s.v1.json; done"
        lines.append(f"  help your editor     mkdir -p {beside.parent} && {each}")
    streams.forgive(sys.stdout)
    streams.put("".join(f"{line}\n" for line in lines), sys.stdout)


def _short(path: Path) -> Path:
    """Return a path as people would type it here."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
