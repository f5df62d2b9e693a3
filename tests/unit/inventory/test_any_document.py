"""Whatever the files hold, the answer is a value and diagnostics inside the file, never a traceback."""

import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from playbook_engine.diagnostics import Problems, Source, Span
from playbook_engine.inventory import environment, family, script_format, yaml_format
from playbook_engine.inventory.declared import Declared
from playbook_engine.inventory.merge import Merge
from playbook_engine.inventory.variables import Reader
from playbook_engine.inventory.vault import Vault
from playbook_engine.language import reader
from playbook_engine.language.scalars import YAML_1_1
from playbook_engine.model.document import Document

WORDS = [
    "all", "api", "web", "hosts", "vars", "children", "ungrouped", "w[1:3]", "w[2:1]", "ansible_port", "ansible_host",
    "ansible_ssh_common_args", "ansible_password", "ansible_group_priority", "-o Port=x", "{{ x }}", "", "~", "1",
    "environment", "policy", "mitigate", "clusters", "secrets", "env", "file", "contacts", "channels", "slack", "webhook",
    "kind", "url", "secret", "signing", "budget", "escalation", "when", "to", "after", "unresolved", "http://x", "5m",
]  # fmt: skip
SCALARS = st.none() | st.booleans() | st.integers(-5, 70_000) | st.floats(allow_nan=False) | st.sampled_from(WORDS)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4),
    max_leaves=25,
)


def parsed(tree: object, problems: Problems) -> Document:
    source = Source("file.yml", json.dumps(tree))
    return reader.read(source, problems, scalars=YAML_1_1) or Document(source, None)


def check(problems: Problems, text: str) -> None:
    for problem in problems.sorted():
        assert problem.message
        assert problem.span is None or problem.span.source.name == "file.yml"
        assert problem.span is None or 1 <= problem.span.column <= len(text) + 1


@settings(deadline=None)
@given(TREES)
def test_any_hosts_file(tree: object) -> None:
    problems = Problems()
    document = parsed(tree, problems)

    declared = Declared()
    yaml_format.read(document, Reader(file="hosts.yml", problems=problems, vault=Vault()), declared)
    declared.finish(problems)
    found = family.family({name: group.children for name, group in declared.groups.items()}, problems)

    if found is not None:
        merged = Merge(declared, found).hosts()
        assert [host.name for host in merged] == list(declared.hosts)
        assert all(host.groups[0] == "all" for host in merged)
    check(problems, document.source.text)


@settings(deadline=None)
@given(TREES)
def test_any_environment_file(tree: object) -> None:
    problems = Problems()
    document = parsed(tree, problems)

    built = environment.build(document, "prod", Path(), problems)

    assert built.name
    check(problems, document.source.text)


NAMES = ["g", "h", "all", "ungrouped", "a b", "-x", "_meta", "hostvars", "hosts", "vars", "children", "web-1",
         "ansible_port", "ansible_group_priority", "ansible_password", "__ansible_vault", "__ansible_unsafe"]  # fmt: skip
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 70_000)
    | st.sampled_from([*NAMES, "{{ x }}", "\x1b[31m", "$ANSIBLE_VAULT;1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=25,
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), JSON, max_size=4), JSON)
def test_any_output_of_a_program(said: dict[str, object], of_host: object) -> None:
    """It leads to a declaration that holds together, or to one problem; what it says of hosts too."""
    problems = Problems()
    found = Declared()
    span = Span(Source("cloud", ""), 1, 1, 1, 2)
    reader_ = Reader(file="cloud --list", problems=problems, vault=Vault(), printed=True)

    good = script_format.read(
        lambda arguments: json.dumps(said if arguments == ("--list",) else of_host).encode(), span, reader_, found
    )

    refusals = [problem for problem in problems.sorted() if problem.code == "dynamic-inventory"]
    assert len(refusals) == (0 if good else 1)
    assert all(problem.span == span and problem.message.isprintable() for problem in refusals)
    for name, host in found.hosts.items():
        assert all(name in found.groups[group].hosts for group in host.groups)
