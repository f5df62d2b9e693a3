"""Which of several values of a variable counts, and where it says it comes from."""

from collections.abc import Callable, Mapping

import pytest

from playbook_engine.diagnostics import Diagnostic
from playbook_engine.model.inventory import Inventory

Load = Callable[[Mapping[str, str]], tuple[Inventory, tuple[Diagnostic, ...]]]

# From the weakest to the strongest, as Ansible has it.
PLACES = [
    ("all in hosts.yml", None),
    ("prod in hosts.yml", None),
    ("api in hosts.yml", None),
    ("group_vars/all.yml", "group_vars/all.yml:1:1 (group all)"),
    ("group_vars/prod.yml", "group_vars/prod.yml:1:1 (group prod)"),
    ("group_vars/api.yml", "group_vars/api.yml:1:1 (group api)"),
    ("web in hosts.yml", None),
    ("host_vars/web.yml", "host_vars/web.yml:1:1 (host web)"),
]


def files(places: list[str]) -> dict[str, str]:
    """Set `x` in each of the places to the place's name."""

    def inline(owner: str) -> str:
        place = f"{owner} in hosts.yml"
        return f"{{x: {place}}}" if place in places else "{}"

    hosts = f"""
all: {{vars: {inline("all")}}}
prod: {{vars: {inline("prod")}, children: {{api: }}}}
api: {{vars: {inline("api")}, hosts: {{web: {inline("web")}}}}}
"""
    return {"hosts.yml": hosts} | {
        place: f"x: {place}\n" for place in places if place.endswith(".yml") and "/" in place
    }


@pytest.mark.parametrize("strongest", range(len(PLACES)))
def test_the_more_special_place_counts(loaded: Load, strongest: int) -> None:
    names = [place for place, _ in PLACES[: strongest + 1]]

    inventory, problems = loaded(files(names))

    assert problems == ()
    variable = inventory.hosts[0].variables["x"]
    assert variable.value == names[-1]
    expected = PLACES[strongest][1]
    if expected:
        assert variable.origin == expected


def test_the_origin_of_an_inline_variable_is_its_key(loaded: Load) -> None:
    inventory, _ = loaded({"hosts.yml": "api:\n  hosts:\n    web: {x: 1}\n  vars:\n    y: 2\n"})

    origins = {name: variable.origin for name, variable in inventory.hosts[0].variables.items()}
    assert origins == {"x": "hosts.yml:3:11 (host web)", "y": "hosts.yml:5:5 (group api)"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: {hosts: {w: }, vars: {x: a}}\nb: {hosts: {w: }, vars: {x: b}}", "b"),
        ("b: {hosts: {w: }, vars: {x: b}}\na: {hosts: {w: }, vars: {x: a}}", "b"),
        ("a: {hosts: {w: }, vars: {x: a, ansible_group_priority: 2}}\nb: {hosts: {w: }, vars: {x: b}}", "a"),
        ("a: {children: {z: {hosts: {w: }, vars: {x: z}}}}\nb: {hosts: {w: }, vars: {x: b}}", "z"),
        ("z: {vars: {x: z}, children: {b: {hosts: {w: }, vars: {x: b}}}}", "b"),
        (
            "p: {children: {q: {children: {c: {hosts: {w: }, vars: {x: c}}}}}}\nr: {children: {d: {hosts: {w: }, vars: {x: d}}}}",
            "c",
        ),
    ],
)
def test_deeper_groups_count_more_then_priority_then_the_later_name(loaded: Load, text: str, value: str) -> None:
    inventory, problems = loaded({"hosts.yml": text})

    assert problems == ()
    assert inventory.hosts[0].variables["x"].value == value
    assert "ansible_group_priority" not in inventory.hosts[0].variables


def test_values_keep_the_types_that_ansible_sees(loaded: Load) -> None:
    inventory, problems = loaded(
        {"hosts.yml": "all: {hosts: {w: {a: yes, b: 0755, c: 1.5, d: , e: [1, {f: x}], g: '1'}}}"}
    )

    assert problems == ()
    values = {name: variable.value for name, variable in inventory.hosts[0].variables.items()}
    assert values == {"a": True, "b": 493, "c": 1.5, "d": None, "e": [1, {"f": "x"}], "g": "1"}


def test_what_steps_without_hosts_see_is_the_variables_of_all(loaded: Load) -> None:
    inventory, _ = loaded(
        {
            "hosts.yml": "all: {vars: {x: 1, y: 1}}\napi: {hosts: {w: }, vars: {z: 1}}",
            "group_vars/all/b.yml": "x: 3\n",
            "group_vars/all/a.yml": "x: 2\n",
        }
    )

    assert {name: variable.value for name, variable in inventory.all_variables.items()} == {"x": 3, "y": 1}


def test_hosts_of_the_same_groups_share_their_variables(loaded: Load) -> None:
    inventory, _ = loaded({"hosts.yml": "api: {hosts: {'w[1:2]': , v: {x: 1}}, vars: {y: [1]}}"})

    first, second, third = inventory.hosts
    assert first.variables["y"] is second.variables["y"] is third.variables["y"]
    assert dict(third.variables) == {"x": third.variables["x"], "y": first.variables["y"]}
    assert len(third.variables) == 2
    assert "z" not in third.variables


@pytest.mark.parametrize(
    ("value", "column"), [("'{{ other }}'", 28), ("'a {{ b }}'", 30), ("'{% if x %}'", 28), ("['{{ x }}']", 29)]
)
def test_templates_in_variables_are_refused(loaded: Load, value: str, column: int) -> None:
    _, problems = loaded({"hosts.yml": f"all: {{hosts: {{w: {{my_var: {value}}}}}}}"})

    assert [(problem.code, str(problem.span)) for problem in problems] == [
        ("template-in-variable", f"prod/hosts.yml:1:{column}")
    ]


def test_a_variable_that_expressions_cannot_name_is_warned_of(loaded: Load) -> None:
    _, problems = loaded({"hosts.yml": "all: {vars: {api-log: x}}"})

    assert [(problem.code, problem.severity) for problem in problems] == [("unusable-variable", "warning")]


def test_a_password_is_refused_and_its_line_is_not_shown(loaded: Load) -> None:
    inventory, problems = loaded(
        {"hosts.yml": "all:\n  hosts:\n    w: {ansible_host: h, ansible_become_password: hunter2}\n"}
    )

    assert [(problem.code, str(problem.span)) for problem in problems] == [
        ("password-in-inventory", "prod/hosts.yml:3:26")
    ]
    span = problems[0].span
    assert span is not None
    assert span.source.text.split("\n")[2][25:] == "ansible_become_password: ********"
    assert "hunter2" not in f"{problems[0]} {span.source.text}"
    assert list(inventory.hosts[0].variables) == ["ansible_host"]
