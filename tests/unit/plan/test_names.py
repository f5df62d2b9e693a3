"""Which names are known where, with and without an inventory."""

import pytest
from rehearsing import load

from playbook_engine.actions.registry import ACTIONS
from playbook_engine.diagnostics import Problems, Severity
from playbook_engine.plan import names
from playbook_engine.plan.walk import playbook_steps


def found(text: str, variables: frozenset[str] | None = frozenset()) -> list[str]:
    """Return `LINE:COLUMN message hint` of each problem; lines count from the first of the text."""
    problems = Problems()
    names.check(load(text), variables, ACTIONS, problems)
    sign = {Severity.ERROR: "", Severity.WARNING: "warning "}
    return [
        f"{sign[d.severity]}{d.span.line - 4}:{d.span.column} {d.message} {d.hint or ''}".strip()
        for d in problems.sorted()
        if d.span
    ]


HEALTH = "health: [{check: a, id: well, local: 'true'}]\n"
LATER = "Move the step that gives it up."
NO_LOOP = "Give the step a 'loop', or say which item is meant."
NOWHERE = "Give it under inputs or vars, in the inventory's variables, or as the id of an earlier step."

KNOWN = {
    "an input": "inputs: {ttl: {type: integer, default: 1}}\nsteps: [{check: a, local: 'echo {{ ttl }}'}]\n",
    "a variable of the playbook": "vars: {ttl: 1}\nsteps: [{check: a, local: 'echo {{ ttl }}'}]\n",
    "the id of an earlier step": HEALTH + "steps: [{check: b, when: well.failed, local: 'true'}]\n",
    "a capture of an earlier step": (
        "steps:\n"
        "  - {check: a, local: 'true', capture: {pid: stdout | int}}\n"
        "  - {check: b, local: 'kill -0 {{ pid }}'}\n"
    ),
    "an earlier result in finally": HEALTH + "finally: [{check: b, when: well.failed, local: 'true'}]\n",
    "fields of the step's own answer": "steps: [{check: a, local: 'true', expect: [rc == 0, stdout == '']}]\n",
    "built-in names": (
        "hosts: all\n"
        "steps:\n"
        "  - check: a\n"
        "    ssh: >-\n"
        "      echo {{ env.HOME }} {{ secret.KEY }} {{ run.id }} {{ run.started }} {{ playbook.name }}\n"
        "      {{ playbook.version }} {{ playbook.title }} {{ hosts | length }} {{ inventory_hostname }}\n"
    ),
    "a name that may be absent": (
        "steps: [{check: a, local: 'echo {{ nobody | default(1) }}', when: nothing is defined}]\n"
    ),
    "the item of a loop": (
        "hosts: all\n"
        "steps:\n"
        "  - mitigate: a\n"
        "    ssh: echo {{ item }}\n"
        "    loop: [1, 2]\n"
        "    when: item > 0\n"
        "    unless: item > 1\n"
        "    expect: stdout == item\n"
        "    capture: {it: item}\n"
        "    undo: {ssh: 'echo {{ item }}'}\n"
    ),
    "a list of an earlier step to loop over": (
        "steps:\n  - {check: a, id: found, local: ls}\n  - {check: b, local: 'ls {{ item }}', loop: found.json}\n"
    ),
    "a name given on one road": (
        HEALTH
        + "steps:\n"
        + "  - branch: b\n"
        + "    cases: [{when: well.failed, steps: [{check: c, id: deep, local: 'true'}]}]\n"
        + "    else: []\n"
        + "  - {check: d, when: deep.passed, local: 'true'}\n"
    ),
}


@pytest.mark.parametrize("text", KNOWN.values(), ids=KNOWN)
def test_known(text: str) -> None:
    assert found(text) == []
    assert found(text, None) == []


UNKNOWN = {
    "nobody gives it": (
        "steps:\n  - check: a\n    local: echo {{ zebra }}\n",
        [f"3:20 'zebra' is not known here {NOWHERE}"],
    ),
    "a typo": (
        "vars: {cache_ttl: 1}\nsteps:\n  - check: a\n    local: echo {{ cache_tll }}\n",
        ["4:20 'cache_tll' is not known here Did you mean 'cache_ttl'?"],
    ),
    "an item outside a loop": (
        "steps:\n  - {check: a, local: 'ls {{ item }}', loop: [1]}\n  - check: b\n    local: ls {{ item }}\n",
        [f"4:18 'item' is known only within a loop {NO_LOOP}"],
    ),
    "the item in the list that it comes from": (
        "steps:\n  - check: b\n    local: ls {{ item }}\n    loop: item.parts\n",
        [f"4:11 'item' is known only within a loop {NO_LOOP}"],
    ),
    "the list of a loop": (
        "steps:\n  - check: b\n    local: ls {{ item }}\n    loop: zebra\n",
        [f"4:11 'zebra' is not known here {NOWHERE}"],
    ),
    "a later step": (
        "steps:\n  - check: a\n    local: echo {{ pid }}\n  - check: b\n    local: 'true'\n    capture: {pid: rc}\n",
        [f"3:20 'pid' is given a value only by a later step {LATER}"],
    ),
    "itself": (
        "steps:\n  - check: a\n    id: own\n    when: own.passed\n    local: 'true'\n",
        [f"4:11 'own' is given a value only by a later step {LATER}"],
    ),
    "an answer's field before there is an answer": (
        "steps:\n  - check: a\n    when: stdout == ''\n    local: 'true'\n",
        [f"3:11 'stdout' is not known here {NOWHERE}"],
    ),
    "the field of another action": (
        "steps:\n  - check: a\n    local: 'true'\n    expect: status == 200\n",
        [f"4:13 'status' is not known here {NOWHERE}"],
    ),
    "a field that a built-in name has not": (
        "steps:\n  - check: a\n    local: echo {{ run.ids }}{{ playbook.owner }}\n",
        [
            "3:20 'run.ids' is not known Did you mean 'id'?",
            "3:33 'playbook.owner' is not known It has: name, version, title.",
        ],
    ),
    "another road of the same branch": (
        HEALTH
        + "steps:\n"
        + "  - branch: b\n"
        + "    cases:\n"
        + "      - {when: well.failed, steps: [{check: c, id: one, local: 'true'}]}\n"
        + "    else:\n"
        + "      - check: d\n"
        + "        when: one.passed\n"
        + "        local: 'true'\n",
        [f"8:15 'one' is given a value only by a later step {LATER}"],
    ),
    "a case, the message of an escalation, an undo, unless": (
        (
            "steps:\n"
            "  - branch: b\n"
            "    cases:\n"
            "      - when: case_name\n"
            "        steps: []\n"
            "    else:\n"
            "      - {escalate: e, to: ana, message: '{{ message_name }}'}\n"
            "  - mitigate: m\n"
            "    unless: unless_name\n"
            "    local: 'true'\n"
            "    undo: {local: 'echo {{ undo_name }}'}\n"
        ),
        [
            f"4:15 'case_name' is not known here {NOWHERE}",
            f"7:45 'message_name' is not known here {NOWHERE}",
            f"9:13 'unless_name' is not known here {NOWHERE}",
            f"11:28 'undo_name' is not known here {NOWHERE}",
        ],
    ),
}


@pytest.mark.parametrize(("text", "expected"), UNKNOWN.values(), ids=UNKNOWN)
def test_unknown(text: str, expected: list[str]) -> None:
    assert found(text) == expected


def test_the_inventory_knows_names_too() -> None:
    text = "steps:\n  - check: a\n    local: echo {{ api_url }}\n"

    assert found(text, frozenset({"api_url"})) == []
    assert found(text, frozenset({"api_uri"})) == ["3:20 'api_url' is not known here Did you mean 'api_uri'?"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "cache_tll",
            [
                "warning 3:37 'cache_tll' is not known here Did you mean 'cache_ttl'? Or is it a variable of the inventory?"
            ],
        ),
        ("cash", []),
        ("api_url", []),
    ],
)
def test_without_an_inventory_only_a_near_miss_is_worth_a_warning(name: str, expected: list[str]) -> None:
    text = f"vars: {{cache_ttl: 1}}\nsteps:\n  - {{check: a, local: 'true', when: {name} == 1}}\n"

    assert found(text, None) == expected


def test_what_steps_need_from_outside() -> None:
    """First uses, with their places; `is defined` and `default` make them optional."""
    playbook = load(
        "vars: {a: 1}\n"
        "health: [{check: a, local: 'echo {{ secret.ONE }} {{ env.HOME }}'}]\n"
        "steps:\n"
        "  - {check: b, local: 'echo {{ secret.ONE }} {{ secret.TWO }} {{ a }}', when: env.DEBUG is defined}\n"
    )

    everything = names.needs(playbook_steps(playbook))
    health = names.needs(playbook.health)

    assert list(everything.secrets) == ["ONE", "TWO"]
    assert everything.secrets["ONE"].span.line == 6
    assert {name: use.optional for name, use in everything.env.items()} == {"HOME": False, "DEBUG": True}
    assert (list(health.secrets), list(health.env), health.names) == (["ONE"], ["HOME"], frozenset({"secret", "env"}))


def test_a_result_does_not_hide_a_variable_of_the_inventory() -> None:
    """One name with two meanings is refused, at the step that gives it the second one."""
    text = "steps:\n  - check: a\n    id: flag\n    local: 'true'\n  - check: b\n    local: 'true'\n    capture: {port: rc}\n"

    hidden = "is the name of a result here and of a variable in the inventory Give the step another id."
    assert found(text, frozenset({"flag", "port"})) == [f"2:5 'flag' {hidden}", f"5:5 'port' {hidden}"]
    assert found(text, None) == []
