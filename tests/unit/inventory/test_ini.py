"""INI inventories, as ansible-core 2.19 reads them; what is expected here was measured there."""

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook_engine.diagnostics import Diagnostic, Problems, Severity, Source
from playbook_engine.inventory import ini_format, ini_values
from playbook_engine.inventory.declared import Declared
from playbook_engine.inventory.variables import Reader
from playbook_engine.inventory.vault import Vault
from playbook_engine.model.inventory import Inventory

Load = Callable[[Mapping[str, str]], tuple[Inventory, tuple[Diagnostic, ...]]]


def values(inventory: Inventory, host: str) -> dict[str, object]:
    found = inventory.host(host)
    assert found is not None
    return {name: variable.value for name, variable in found.variables.items()}


def groups(inventory: Inventory) -> dict[str, list[str]]:
    return {name: [str(host) for host in members] for name, members in inventory.groups.items()}


def test_a_whole_inventory(loaded: Load) -> None:
    inventory, problems = loaded(
        {
            "hosts": """\
# hosts at the top belong to no group
lone ansible_host=10.0.0.9

[prod:children]
api   # declared below
db

[prod:vars]
region = eu west   # this is part of the value
api_log=/var/log/api.log

[api]
api-[1:2] ansible_port=2222
api-3
; a comment
[db]
db-1
\t[db:vars]
\tport = 5432
"""
        }
    )

    assert problems == ()
    assert groups(inventory) == {
        "all": ["lone", "api-1", "api-2", "api-3", "db-1"],
        "ungrouped": ["lone"],
        "prod": ["api-1", "api-2", "api-3", "db-1"],
        "api": ["api-1", "api-2", "api-3"],
        "db": ["db-1"],
    }
    assert values(inventory, "lone") == {"ansible_host": "10.0.0.9"}
    assert values(inventory, "db-1") == {
        "region": "eu west   # this is part of the value",
        "api_log": "/var/log/api.log",
        "port": 5432,
    }
    assert inventory.hosts[1].host.port == 2222
    assert inventory.hosts[1].variables["ansible_port"].origin == "hosts:13:11 (host api-[1:2])"
    assert inventory.hosts[4].variables["port"].origin == "hosts:19:2 (group db)"
    assert inventory.children["prod"] == ("api", "db")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1), ("-5", -5), ("+5", 5), ("1.5", 1.5), ("1e3", 1000.0), ("0x1f", 31), ("1_000", 1000), ("010", "010"),
        ("True", True), ("true", "true"), ("yes", "yes"), ("False", False), ("None", None), ("nan", "nan"), ("1e400", float("inf")),
        ("[1,2]", [1, 2]), ("(1,2)", [1, 2]), ("'x'", "x"), ("'5'", 5), ('"\'5\'"', "5"), ("'x y'", "x y"), ("a=b", "a=b"),
        ("", ""), ("''", ""), ("3j", "3j"), ("...", "..."), ("b'x'", "bx"), ("{'k':1}", "{k:1}"), ("\"{'k': [True]}\"", {"k": [True]}),
        ("'{\"a\": true}'", '{"a": true}'), ("'{\"a\": 1}'", {"a": 1}), ("\"{1: 'x', None: 'y'}\"", {"1": "x", "null": "y"}), ("ÿ", "ÿ"),
        ("C:\\\\temp", "C:\\temp"), ("a\\nb", "anb"), ("'a\\nb'", "a\\nb"), ("'#1'", "#1"), ('"a#b"', "a#b"), ("\\#1", "#1"), ("a#b", "a"),
        ("[" * 300 + "]" * 300, "[" * 300 + "]" * 300), ("/var/log/api.log", "/var/log/api.log"), ("10.0.0.1", "10.0.0.1"),
        ("1234567890123456789012345", 1234567890123456789012345), ("None,", [None]), ("\"b'x'\"", "x"),
    ],
)  # fmt: skip
def test_a_value_behind_a_host_is_a_python_literal_or_a_text(loaded: Load, text: str, value: object) -> None:
    inventory, problems = loaded({"hosts": f"a x={text}\n"})

    assert problems == ()
    assert values(inventory, "a") == {"x": value}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a=1", 1), ("a = 'x y'", "x y"), ('a="q" # gone', "q"), ('a=[1, "x"] # gone', [1, "x"]), ("a=yes", "yes"),
        ("a=hello # stays", "hello # stays"), ("a=#x", "#x"), ("a=", ""), ("a = b=c", "b=c"), ("a={'k': 1}", {"k": 1}),
        ("a=010", "010"), ("a=C:\\temp", "C:\\temp"), ("a='a\\nb'", "a\nb"), ("a=True", True), ("a=值 二", "值 二"),
    ],
)  # fmt: skip
def test_a_value_of_a_group_is_one_too_and_nothing_is_split(loaded: Load, text: str, value: object) -> None:
    inventory, problems = loaded({"hosts": f"[g]\nw\n[g:vars]\n{text}\n"})

    assert problems == ()
    assert values(inventory, "w") == {"a": value}


@pytest.mark.parametrize(
    ("text", "ports"),
    [
        ("a:22\n", {"a": 22}),
        ("[::1]:22\n", {"::1": 22}),
        ("9a01::1\n", {"9a01::1": None}),
        ("10.0.0.[1:2]:99\n", {"10.0.0.1": 99, "10.0.0.2": 99}),
        ("a:0\n", {"a": None}),
        ("a:22 ansible_port=33\n", {"a": 33}),
        ("a:22\n[g]\na:33\n", {"a": 22}),
        ("a\n[g]\na:33\n", {"a": None}),
    ],
)
def test_a_port_behind_a_name_counts_where_the_host_is_first_named(
    loaded: Load, text: str, ports: dict[str, int | None]
) -> None:
    inventory, problems = loaded({"hosts": text})

    assert all(problem.severity is Severity.WARNING for problem in problems)
    assert {str(host.name): host.host.port for host in inventory.hosts} == ports


def test_ranges_make_every_combination(loaded: Load) -> None:
    inventory, problems = loaded({"hosts": "a[1:2].x[a:b]\nz[A:C]\nb[1:10:3]\nc[:2]\nd[08:10]\n"})

    assert problems == ()
    assert " ".join(host.name for host in inventory.hosts) == (
        "a1.xa a1.xb a2.xa a2.xb zA zB zC b1 b4 b7 b10 c0 c1 c2 d08 d09 d10"
    )


@pytest.mark.parametrize(
    "text", ["[数据]\n主机 x=值\n", "\ufeff[数据]\r\n主机 x=值\r\n", "[数据]   # ja\n主机\tx=值   # nein\n"]
)
def test_unicode_line_ends_and_blanks(loaded: Load, text: str) -> None:
    inventory, problems = loaded({"hosts": text})

    assert problems == ()
    assert inventory.groups["数据"] == ("主机",)
    assert values(inventory, "主机") == {"x": "值"}


def test_a_host_of_two_groups_has_both_and_the_later_line_wins(loaded: Load) -> None:
    inventory, problems = loaded(
        {"hosts": "w\n[a]\nw v=1\n[b]\nw v=2\n[ungrouped]\nw\n[a:vars]\nansible_group_priority=9\n"}
    )

    assert [(problem.code, str(problem.span)) for problem in problems] == [("variable-twice", "prod/hosts:5:1")]
    assert values(inventory, "w") == {"v": 2}
    assert [variable.value for variable in inventory.hosts[0].history("v")] == [1, 2]
    assert inventory.hosts[0].groups == ("all", "b", "a")


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing\n; at all\n", "[g]\n", "[g:children]\n[h]\n"])
def test_an_inventory_may_be_empty(loaded: Load, text: str) -> None:
    inventory, problems = loaded({"hosts": text})

    assert problems == ()
    assert inventory.hosts == ()


@pytest.mark.parametrize(
    ("text", "code", "place", "says"),
    [
        ("[p:children]\nq\n", "unknown-group", "2:1", "names the group 'q', which is not declared"),
        ("[web]\na\n[p:children]\nwbe\n", "unknown-group", "4:1", "Did you mean 'web'?"),
        ("[p:vars]\nx=1\n", "unknown-group", "1:2", "there is no group 'p'"),
        ("[p:children]\nq\n[q:vars]\nx=1\n", "unknown-group", "2:1", "names the group 'q'"),
        ("[g h]\na\n", "invalid-inventory", "1:1", "'[g h]' is not a section"),
        ("  [g:]\na\n", "invalid-inventory", "1:3", "'[g:]' is not a section"),
        ("[g:varz]\na\n", "invalid-inventory", "1:4", "Did you mean 'vars'?"),
        ("[a*b]\nc\n", "invalid-name", "1:2", "cannot be the name of a group"),
        ("a b\n", "invalid-inventory", "1:3", "expected name=value, found 'b'"),
        ("a  x=1 ='y z'\n", "invalid-inventory", "1:8", "expected name=value, found '=y z'"),
        ("a b='x\n", "invalid-inventory", "1:1", "no closing quotation"),
        ("a b=x\\\n", "invalid-inventory", "1:1", "no escaped character"),
        ("[g]\na\n[g:vars]\n  foo\n", "invalid-inventory", "4:3", "expected name=value, found 'foo'"),
        ("[p:children]\nq r\n[q]\n", "invalid-inventory", "2:1", "expected the name of a group, found 'q r'"),
        ("[a:children]\nb\n[b:children]\na\n", "group-cycle", "4:1", "a → b → a"),
        ("[a:children]\na\n", "group-cycle", "2:1", "a → a"),
        ("[g:children]\nall\n", "group-cycle", "2:1", "holds every group"),
        ("a\n[g]\nb[3:1] x=1\n", "invalid-range", "3:2", "3 comes after 1"),
        ("a[01:100]\n", "invalid-range", "1:2", "different widths"),
        ("a:b\n", "invalid-name", "1:1", "it has a ':'"),
        ("-oProxyCommand=x\n", "invalid-name", "1:1", "begins with '-'"),
        ("a:99999\n", "invalid-connection", "1:1", "not a port"),
        ("a ansible_port=many\n", "invalid-connection", "1:16", "not a port"),
        ("a ansible_password=x\n", "password-in-inventory", "1:3", "not taken from an inventory"),
        ("a x='a {{ b }}'\n", "template-in-variable", "1:5", "not evaluated"),
        ("a x=a{{b}}\n", "template-in-variable", "1:6", "not evaluated"),
        ('a x="{(1,2): 3}"\n', "invalid-inventory", "1:5", "a key that is a tuple"),
        ("[g:vars]\nansible_group_priority=x\n[g]\n", "invalid-inventory", "2:24", "whole number"),
        ("a x=1\x0b\n", "control-character", "1:6", "not visible"),
        ("all: {hosts: {a: }}\n", "inventory-format", "1:1", "YAML"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_pointed_at(
    written: Callable[[Mapping[str, str]], object],
    read: Callable[[object], tuple[Inventory | None, tuple[Diagnostic, ...]]],
    text: str,
    code: str,
    place: str,
    says: str,
) -> None:
    _, problems = read(written({"hosts.x": text}))

    assert [(problem.code, str(problem.span)) for problem in problems] == [(code, f"prod/hosts.x:{place}")]
    assert says in f"{problems[0].message} {problems[0].hint}"
    assert problems[0].severity is Severity.ERROR


WORDS = ["[g]", "[g:vars]", "[g:children]", "[h]", "a", "a:22", "[::1]:22", "b[1:3]", "x=1", "y='", '"', "=", "#", ";", "{{", "h", " ",
         "\t", "\\", "[", "]", "all", "ungrouped", "ansible_port=1", "ansible_group_priority=x", "主机"]  # fmt: skip


@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=5).map("".join), max_size=12).map("\n".join))
def test_whatever_the_text_the_answer_is_a_declaration_and_problems_inside_it(text: str) -> None:
    problems = Problems()
    found = Declared()

    ini_format.read(Source("f", text), Reader(file="f", problems=problems, vault=Vault()), found)
    found.finish(problems)

    lines = text.split("\n")
    for problem in problems.sorted():
        assert problem.span is not None
        assert 1 <= problem.span.line <= len(lines)
        assert 1 <= problem.span.column <= len(lines[problem.span.line - 1]) + 1
    for name, host in found.hosts.items():
        assert all(name in found.groups[group].hosts for group in host.groups)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\r"), max_size=40))
def test_a_word_with_quotes_stands_where_it_says(line: str) -> None:
    try:
        words = list(ini_values.words(line))
    except ValueError:
        return
    ends = 0
    for word in words:
        assert ends <= word.start <= word.end <= len(line)
        ends = word.end
        if not set(line) & set("'\"\\#"):
            assert line[word.start : word.end] == word.text
