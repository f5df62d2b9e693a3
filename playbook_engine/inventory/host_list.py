"""Hosts named on the command line: `-i 'web-1,web-2:2222,'`.

Ranges are spelled out; in Ansible that takes another inventory plugin.
"""

from playbook_engine.diagnostics import Source, Span
from playbook_engine.inventory import addresses, declared
from playbook_engine.inventory.declared import Declared
from playbook_engine.inventory.family import UNGROUPED
from playbook_engine.inventory.variables import EMPTY, Reader
from playbook_engine.model.document import Scalar


def read(text: str, reader: Reader, found: Declared) -> None:
    """Add the hosts of a list; those that are known already stay in their groups."""
    source = Source(reader.file, text)
    start = 0
    for item in text.split(","):
        name = item.strip()
        at = start + item.find(name) + 1
        start += len(item) + 1
        if name:
            span = Span(source, 1, at, 1, at + len(name))
            _add(Scalar(name, name, span, literal=True, content=span), reader, found)


def _add(pattern: Scalar, reader: Reader, found: Declared) -> None:
    hosts, port = addresses.expand(pattern, len(found.hosts), reader.problems)
    layer = reader.port(port, pattern) if port else EMPTY
    for name in hosts:
        if name not in found.hosts:
            host = found.host(name, UNGROUPED, pattern.span)
            declared.add(host.layers, layer, f"host '{name}'", pattern.span, reader.problems)
