"""The five levels of precedence, and what comes from outside the files."""

import pytest
from bound import SETTINGS, Bound
from hypothesis import given
from hypothesis import strategies as st
from rehearsing import bind, load, make_inventory

from playbook_engine.diagnostics import Problems
from playbook_engine.model.inventory import Inventory
from playbook_engine.values import Secret, TargetName, Value

H1, H2 = TargetName("h1"), TargetName("h2")
STEPS = "hosts: all\nsteps: [{check: a, ssh: 'echo {{ x }}'}]\n"
INPUT = "inputs: {x: {type: integer, default: 1}}\n" + STEPS
VARIABLE = "vars: {x: 1}\n" + STEPS


@pytest.mark.parametrize(
    ("text", "group", "host", "command_line", "seen", "seen_on_h1"),
    [
        (INPUT, None, None, None, 1, 1),
        (VARIABLE, None, None, None, 1, 1),
        (INPUT, 2, None, None, 2, 2),
        (VARIABLE, 2, None, None, 2, 2),
        (INPUT, None, 3, None, 1, 3),
        (INPUT, 2, 3, None, 2, 3),
        (INPUT, 2, 3, "5", 5, 5),
        (INPUT, None, None, "5", 5, 5),
    ],
)
def test_precedence(
    text: str, group: int | None, host: int | None, command_line: str | None, seen: int, seen_on_h1: int
) -> None:
    """Playbook, group, host, `--set`: what a step sees off the hosts, and on h1."""
    bound = Bound(
        text,
        make_inventory(
            variables={} if group is None else {"x": group},
            host_variables={} if host is None else {"h1": {"x": host}},
        ),
        set_texts={} if command_line is None else {"x": command_line},
    )

    assert bound.found == []
    assert bound.plan.names["x"] == seen
    assert {**bound.plan.names, **bound.plan.host_names[H1]}["x"] == seen_on_h1


LEVELS = ("inputs", "group", "host", "set")
NAMES = ("a", "b", "c")


@given(st.fixed_dictionaries({level: st.frozensets(st.sampled_from(NAMES)) for level in LEVELS}))
def test_precedence_is_total_and_stable(chosen: dict[str, frozenset[str]]) -> None:
    """For every set of levels at which a name has a value, the highest wins; other names make no difference."""
    declared = "".join(f"  {name}: {{type: string, default: inputs}}\n" for name in NAMES)
    playbook = load(f"inputs:\n{declared}hosts: all\nsteps: [{{check: a, ssh: 'echo {{{{ a }}}}'}}]\n")
    inventory = make_inventory(
        ("h1",),
        variables=dict.fromkeys(sorted(chosen["group"]), "group"),
        host_variables={"h1": dict.fromkeys(sorted(chosen["host"]), "host")},
    )
    problems = Problems()

    plan = bind(playbook, inventory, SETTINGS, problems, set_texts=dict.fromkeys(sorted(chosen["set"]), "set"))
    on_host = dict(plan.names) | dict(plan.host_names[H1])

    assert problems.sorted() == ()
    for name in NAMES:
        levels = ["inputs", *(level for level in LEVELS[1:] if name in chosen[level])]
        assert on_host[name] == levels[-1]
        assert plan.names[name] == [level for level in levels if level != "host"][-1]


def test_each_host_knows_its_name_and_its_own_values() -> None:
    bound = Bound(STEPS, make_inventory(host_variables={"h1": {"x": 1}, "h2": {"x": 2}}))

    assert bound.plan.host_names[H1] == {"x": 1, "inventory_hostname": "h1"}
    assert bound.plan.host_names[H2] == {"x": 2, "inventory_hostname": "h2"}


def test_built_in_names() -> None:
    """Only the environment variables that the playbook names are there; secrets stay secrets."""
    text = "steps: [{check: a, local: 'echo {{ env.HOME }} {{ secret.KEY }} {{ playbook.name }} {{ hosts }}'}]\n"
    bound = Bound(text, environ={"HOME": "/home/ana", "TOKEN": "hunter2"}, secrets={"KEY": Secret("KEY", "k")})

    assert bound.found == []
    assert bound.plan.names["env"] == {"HOME": "/home/ana"}
    assert bound.plan.names["secret"] == {"KEY": Secret("KEY", "k")}
    assert bound.plan.names["playbook"] == {"name": "test", "version": "1", "title": "A test"}
    assert bound.plan.names["hosts"] == ["h1", "h2", "h3"]


@pytest.mark.parametrize(
    ("expression", "found", "hint"),
    [
        ("env.HOMEE", "5:36 missing-env: the environment variable HOMEE is not set", "Did you mean 'HOME'?"),
        ("env.NOBODY | default('x')", None, None),
        ("secret.KEYY", "5:36 unknown-secret: the environment declares no secret 'KEYY'", "Did you mean 'KEY'?"),
        (
            "secret.OTHER",
            "5:36 unknown-secret: the environment declares no secret 'OTHER'",
            "Declare it under `secrets` in the environment file.",
        ),
    ],
)
def test_what_is_missing_outside(expression: str, found: str | None, hint: str | None) -> None:
    text = f'steps: [{{check: a, local: "echo {{{{ {expression} }}}}"}}]\n'
    bound = Bound(text, environ={"HOME": "/"}, secrets={"KEY": Secret("KEY", "k")})

    assert bound.found == ([] if found is None else [found])
    assert bound.hints == ([] if found is None else [hint])


REQUIRED = "inputs: {x: {type: integer, required: true}}\n" + STEPS


@pytest.mark.parametrize(
    ("inventory", "set_texts", "missing"),
    [
        (make_inventory(), {}, True),
        (make_inventory(), {"x": "1"}, False),
        (make_inventory(variables={"x": 1}), {}, False),
        (make_inventory(("h1", "h2"), host_variables={"h1": {"x": 1}, "h2": {"x": 2}}), {}, False),
        (make_inventory(("h1", "h2"), host_variables={"h1": {"x": 1}}), {}, True),
    ],
    ids=["nobody", "--set", "group all", "every host", "one host of two"],
)
def test_a_required_input_may_come_from_anywhere(
    inventory: Inventory, set_texts: dict[str, str], missing: bool
) -> None:
    bound = Bound(REQUIRED, inventory, set_texts=set_texts)

    assert bound.found == (["5:10 missing-input: the input 'x' has no value"] if missing else [])


def test_a_required_input_that_was_given_wrongly_is_one_problem() -> None:
    bound = Bound(REQUIRED, set_texts={"x": "soon"})

    assert bound.found == ['- invalid-input: --set x: expected a whole number such as 3600, found "soon"']


@pytest.mark.parametrize("level", ["group", "host"])
def test_a_value_of_the_inventory_must_fit_too(level: str) -> None:
    variables: dict[str, Value] = {"x": "soon"}
    inventory = (
        make_inventory(variables=variables) if level == "group" else make_inventory(host_variables={"h2": variables})
    )
    origin = "group all" if level == "group" else "host"
    bound = Bound(INPUT, inventory)

    assert bound.found == [
        (
            "5:10 invalid-input: the inventory's value for the input 'x' does not fit: "
            'expected a whole number, found "soon"'
        )
    ]
    assert bound.hints == [f"It comes from {origin}."]
    assert Bound(INPUT, inventory, set_texts={"x": "7"}).found == []


def test_a_secret_input_is_a_secret_wherever_it_comes_from() -> None:
    """From `--set`, from a group, from a host: shown nowhere."""
    text = "inputs: {x: {type: integer, secret: true}}\n" + STEPS
    given_directly = Bound(text, set_texts={"x": "4711"})
    inherited = Bound(text, make_inventory(variables={"x": 4711}, host_variables={"h2": {"x": 4712}}))

    assert given_directly.plan.names["x"] == inherited.plan.names["x"] == Secret("x", "4711")
    assert inherited.plan.host_names[H1]["x"] == Secret("x", "4711")
    assert inherited.plan.host_names[H2]["x"] == Secret("x", "4712")
    assert "471" not in repr(inherited.plan) + repr(given_directly.plan)
