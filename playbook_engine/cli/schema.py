"""`runbook schema`: the schemas of the files that people write, for their editors."""

import json
import sys

import click

from playbook_engine.app import schemas
from playbook_engine.cli import streams


@click.command("schema", short_help="Print the schemas, for editors.")
@click.argument("name", default="playbook", shell_complete=lambda _, __, begun: _beginning(begun))
@click.option("--list", "list_all", is_flag=True, help="List the schemas instead.")
def command(name: str, list_all: bool) -> None:
    """Print the JSON schema NAME, that of playbooks when nothing is said.

    Editors that know YAML complete and check a file whose first line names its schema:

    # yaml-language-server: $schema=../schemas/playbook.v1.json
    """
    if list_all:
        width = max(map(len, schemas.names()))
        text = "".join(f"{each:{width}}  {json.loads(schemas.text(each))['title']}\n" for each in schemas.names())
    else:
        text = schemas.text(name)
    streams.put(text, sys.stdout)


def _beginning(begun: str) -> list[str]:
    return [name for name in schemas.names() if name.startswith(begun)]
