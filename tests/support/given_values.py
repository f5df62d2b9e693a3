"""Values for inputs as a file gives them, without a file."""

import json
from collections.abc import Mapping

from playbook_engine.diagnostics import Problems, Source
from playbook_engine.language import reader
from playbook_engine.model.document import Mapping as MappingNode
from playbook_engine.model.precedence import GivenNode


def vars_text(text: str, name: str = "vars.yml") -> tuple[GivenNode, ...]:
    """Return the values in a YAML text."""
    document = reader.read(Source(name, text), Problems())
    assert document is not None
    assert isinstance(document.root, MappingNode)
    return tuple(GivenNode(entry.key, entry.value) for entry in document.root)


def vars_file(values: Mapping[str, object], name: str = "vars.yml") -> tuple[GivenNode, ...]:
    """Return values as if they stood in a file."""
    return vars_text("\n".join(f"{key}: {json.dumps(value)}" for key, value in values.items()) or "{}", name)
