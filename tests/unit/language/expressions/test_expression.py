"""Evaluating, holding and tracing."""

from collections.abc import Callable

import pytest

from playbook_engine.model.expressions import Expression, ExpressionError
from playbook_engine.model.fields import Fields
from playbook_engine.values import Names, Secret, Value

Compile = Callable[[str], Expression]
NAMES: Names = {
    "status": 200,
    "rc": 0,
    "cpu": 95.8,
    "text": "false",
    "yes": True,
    "nothing": None,
    "json": {"keys": [1, 2], "items": [{"n": "a"}, {"n": "b"}]},
    "log": {"stdout": "a\nb\n", "targets": {"api-1": {"stdout": "x"}}},
    "secret": {"KEY": Secret("KEY", "hunter2")},
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("status == 200", True),
        ("status", 200),
        ("json.keys | length > 0", True),
        ("json['keys'][-1]", 2),
        ("json.items[0].n", "a"),
        ("json.items.0.n", "a"),
        ("json.keys[1:]", [2]),
        ("log.targets['api-1'].stdout", "x"),
        ("log.stdout[:1]", "a"),
        ("rc == 0 and status == 200", True),
        ("rc == 1 or status == 200", True),
        ("not yes", False),
        ("rc == 1 and unknown", False),
        ("rc == 0 or unknown", True),
        ("100 < status <= 200", True),
        ("1 < 2 < 2", False),
        ("'b' if rc == 0 else 'c'", "b"),
        ("'a' 'b'", "ab"),
        ("(1, 2)", [1, 2]),
        ("[1, [2]]", [1, [2]]),
        ("{'a': {'b': 1}}.a.b", 1),
        ("nothing is none", True),
        ("missing | default('x')", "x"),
        ("json.missing.more | default(0)", 0),
        ("json.keys[7] | default(0)", 0),
        ("[] | first | default(0)", 0),
        ("json.keys is defined", True),
        ("json.nope is not defined", True),
        ("missing.more is undefined", True),
        ("log.stdout.split('\\n')[0].upper()", "A"),
        ("2 ** 3 ** 2", 64),
        ("-status", -200),
        ("+rc", 0),
        ("7 // 2 + 7 % 2", 4),
        ("1_000", 1000),
        ("0x1f", 31),
    ],
)
def test_evaluates(compiled: Compile, text: str, expected: Value) -> None:
    assert compiled(text).evaluate(NAMES) == expected


@pytest.mark.parametrize(
    ("text", "column", "message", "hint"),
    [
        ("jsno.keys", 11, "'jsno' is not known here", "Did you mean 'json'?"),
        ("rc == 0 and statsu == 1", 23, "'statsu' is not known here", "Did you mean 'status'?"),
        ("json.keyz", 11, "json has no 'keyz'", "Did you mean 'keys'?"),
        ("log.targets['api-2'].stdout", 11, "log.targets has no 'api-2'", "Did you mean 'api-1'?"),
        ("json.zzz", 11, "json has no 'zzz'", "It has 'keys', 'items'."),
        ("json.items[0].m.o", 11, "json.items[0] has no 'm'", "It has 'n'."),
        ("json.keys[2]", 11, "json.keys has no item 2, it has 2 items", None),
        ("text.body", 11, "text is text, it has no part 'body'", "Read the text first: | json or | lines."),
        ("json.items.n", 11, "json.items is a list, it has no part 'n'", "Take one item first: [0]."),
        ("rc.x", 11, "rc is the number 0, it has no part 'x'", None),
        ("json[0]", 11, "json is a mapping; its keys are text, not the number 0", "Write json['0']."),
        ("json.keys['a' ~ 'b']", 11, "json.keys is a list, it has no part 'ab'", "Take one item first: [0]."),
        ("yes and text", 19, "expected true or false, got the text 'false'", None),
        ("not rc", 15, "expected true or false, got the number 0", None),
        ("'a' if rc else 'b'", 18, "expected true or false, got the number 0", None),
        ("json[missing] | default(1)", 16, "'missing' is not known here", None),
        ("1 / rc", 11, "the number 1 cannot be divided by zero", None),
        ("{rc: 1}", 11, "the keys of a mapping are text, not the number 0", None),
        ("json.keys[::0]", 11, "the step of a slice cannot be zero", None),
        ("status[:1]", 11, "only text and lists have stretches, not the number 200", None),
    ],
)
def test_says_what_is_wrong_and_where(
    compiled: Compile, text: str, column: int, message: str, hint: str | None
) -> None:
    with pytest.raises(ExpressionError) as caught:
        compiled(text).evaluate(NAMES)

    assert caught.value.message == message
    assert (caught.value.span.line, caught.value.span.column) == (3, column)
    assert hint is None or caught.value.hint == hint


def test_an_ambiguous_result_says_how_to_write_it(compiled: Compile) -> None:
    log = Fields({"passed": True}, absent="ambiguous: 3 targets, write log.targets['api-1'].stdout")

    with pytest.raises(ExpressionError, match=r"log has no 'stdout': ambiguous: 3 targets, write log\.targets"):
        compiled("log.stdout == ''").evaluate({"log": log})


def test_an_absent_result_may_still_have_a_default(compiled: Compile) -> None:
    log = Fields({"passed": True}, absent="the step was skipped")

    assert compiled("log.rc | default(1)").evaluate({"log": log}) == 1


def test_holds_returns_booleans(compiled: Compile) -> None:
    assert compiled("status == 200").holds(NAMES) is True
    assert compiled("status == 500").holds(NAMES) is False


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("text", "expected true or false, got the text 'false'"),
        ("rc", "expected true or false, got the number 0"),
        ("nothing", "expected true or false, got nothing (none)"),
        ("json.keys", "expected true or false, got the list [1, 2]"),
        ("json", "expected true or false, got the mapping {'keys': [1, 2], 'items': [{'n': 'a'}, {'n': 'b'}]}"),
        ("secret.KEY", "expected true or false, got <secret KEY>"),
    ],
)
def test_only_booleans_hold(compiled: Compile, text: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        compiled(text).holds(NAMES)

    assert caught.value.message == message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cpu < 80", "cpu < 80 (cpu = 95.8)"),
        ("true", "true"),
        ("rc == 0 and cpu < 80", "cpu < 80 (cpu = 95.8)"),
        ("rc == 1 and cpu < 80 and yes", "rc == 1 (rc = 0); cpu < 80 (cpu = 95.8)"),
        ("rc == 0 and (rc == 1 or cpu < 80)", "rc == 1 or cpu < 80 (rc = 0, cpu = 95.8)"),
        ("nope is defined and nope > 1", "nope is defined (nope = not known)"),
        ("rc == 1 or cpu < 80", "rc == 1 or cpu < 80 (rc = 0, cpu = 95.8)"),
        ("(rc + 1) * cpu < rc", "(rc + 1) * cpu < rc (rc = 0, cpu = 95.8)"),
        ("json['keys'] | length == 3", "json['keys'] | length == 3 (json['keys'] = [1, 2])"),
        ("log.stdout == ''", r"log.stdout == '' (log.stdout = 'a\nb\n')"),
        ("secret.KEY == ''", "secret.KEY == '' (secret.KEY = <secret KEY>)"),
        ("secret is none", "secret is none (secret = {'KEY': <secret KEY>})"),
        ("nothing   is\n not none", "nothing is not none (nothing = none)"),
    ],
)
def test_traces_the_part_that_fails(compiled: Compile, text: str, expected: str) -> None:
    assert compiled(text).trace(NAMES) == expected


def test_a_trace_is_short_and_safe_to_show(compiled: Compile) -> None:
    trace = compiled("out == ''").trace({"out": "\x1b[2J\u202e" + "x" * 500})

    assert trace.startswith(r"out == '' (out = '\x1b[2J\u202exxx")
    assert trace.endswith("…')")
    assert len(trace) < 110


def test_a_trace_of_a_deep_value_is_short(compiled: Compile) -> None:
    deep: Value = []
    for _ in range(5_000):
        deep = [deep]

    assert compiled("deep == 1").trace({"deep": deep}).endswith("…)")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("jwks.json['keys'] | length", [("jwks", ("json", "keys"), 11, 28, False)]),
        ("log.targets['api-1'].stdout", [("log", ("targets", "api-1", "stdout"), 11, 38, False)]),
        ("a.b[0].c", [("a", ("b",), 11, 14, False)]),
        ("a[b.c].d", [("a", (), 11, 12, False), ("b", ("c",), 13, 16, False)]),
        ("a.b.lower() == c", [("a", ("b",), 11, 14, False), ("c", (), 26, 27, False)]),
        ("a.b | default(c)", [("a", ("b",), 11, 14, True), ("c", (), 25, 26, False)]),
        ("a.b is defined and a.b", [("a", ("b",), 11, 14, True), ("a", ("b",), 30, 33, False)]),
        ("a is not defined", [("a", (), 11, 12, True)]),
        ("a | length | default(0)", [("a", (), 11, 12, False)]),
        ("[a, {'k': b}]", [("a", (), 12, 13, False), ("b", (), 21, 22, False)]),
        ("x is in y", [("x", (), 11, 12, False), ("y", (), 19, 20, False)]),
        ("1 + 1", []),
    ],
)
def test_lists_the_names_it_uses(
    compiled: Compile, text: str, expected: list[tuple[str, tuple[str, ...], int, int, bool]]
) -> None:
    found = [
        (each.name, each.attributes, each.span.column, each.span.end_column, each.optional)
        for each in compiled(text).references
    ]

    assert found == expected


def test_source_and_span_leave_blanks_out(compiled: Compile) -> None:
    expression = compiled("  rc == 0 ")

    assert expression.source == "rc == 0"
    assert (expression.span.column, expression.span.end_column) == (13, 20)


def test_since_uses_the_beginning_of_the_run_and_says_so(compiled: Compile) -> None:
    """The engine gives an expression the names that it refers to, and a person sees what was counted to."""
    expression = compiled("seen | since < 60")
    names: Names = {"seen": "2026-11-20T02:00:00Z", "run": {"started": "2026-11-20T03:00:00Z"}}

    assert [(each.name, each.attributes) for each in expression.references] == [("seen", ()), ("run", ("started",))]
    assert expression.trace(names) == (
        "seen | since < 60 (seen = '2026-11-20T02:00:00Z', run.started = '2026-11-20T03:00:00Z')"
    )
    assert [each.name for each in compiled("seen | since(now)").references] == ["seen", "now"]
