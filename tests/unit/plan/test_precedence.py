"""Which value counts: a total and stable order, and the same answer for a run as for `explain`."""

from collections.abc import Mapping

from bound import SETTINGS
from given_values import vars_file
from hypothesis import given
from hypothesis import strategies as st
from rehearsing import bind, load, make_inventory

from playbook_engine.diagnostics import Problems
from playbook_engine.model.precedence import Layer, Level, Resolved, Sourced
from playbook_engine.plan import scope
from playbook_engine.plan.names import Needs
from playbook_engine.plan.precedence import resolve
from playbook_engine.values import TargetName, Value

NAMES = ("a", "b", "c")


@st.composite
def stacks(draw: st.DrawFn) -> list[Layer]:
    """Return layers as places give them: each of one level, each value with an origin of its own."""
    levels = draw(st.lists(st.sampled_from(Level), max_size=6))
    chosen = [draw(st.frozensets(st.sampled_from(NAMES))) for _ in levels]
    return [
        {name: Sourced(f"{name}{number}", level, f"place {number}") for name in sorted(names)}
        for number, (level, names) in enumerate(zip(levels, chosen, strict=True))
    ]


def values(resolved: Mapping[str, Resolved]) -> dict[str, Value]:
    return {name: each.winner.value for name, each in resolved.items()}


@given(stacks())
def test_every_name_has_one_value_and_nothing_is_lost(layers: list[Layer]) -> None:
    """Total: a name has a value when somebody gives one; the winner and what it overrode are all that was given."""
    resolved = resolve(layers)

    assert set(resolved) == {name for layer in layers for name in layer}
    for name, found in resolved.items():
        everything = [layer[name] for layer in layers if name in layer]
        assert sorted(map(repr, everything)) == sorted(map(repr, (found.winner, *found.overrode)))
        order = [found.winner, *found.overrode]
        assert [each.level for each in order] == sorted((each.level for each in order), reverse=True)


@given(stacks(), st.permutations(list(Level)))
def test_the_order_in_which_levels_are_looked_at_makes_no_difference(layers: list[Layer], order: list[Level]) -> None:
    """Stable: only within a level does it count who comes later."""
    keyed = [(next((each.level for each in layer.values()), Level.PLAYBOOK), layer) for layer in layers]
    mixed = [layer for level in order for of, layer in keyed if of is level]

    assert resolve(mixed) == resolve(layers)


@given(stacks(), st.sampled_from(NAMES))
def test_a_weaker_value_changes_nothing_and_other_names_do_not_matter(layers: list[Layer], name: str) -> None:
    before = resolve(layers)
    weakest: Layer = {name: Sourced("weakest", Level.PLAYBOOK, "below")}
    after = resolve([weakest, *layers])
    alone = resolve([{name: layer[name]} if name in layer else {} for layer in layers])

    assert {**values(after), **values(before)} == values(after)
    assert after[name].overrode[-1:] == ((weakest[name],) if name in before else ())
    assert alone.get(name) == before.get(name)


LEVELS = ("inputs", "group", "host", "environment", "file", "set")


@given(st.fixed_dictionaries({level: st.frozensets(st.sampled_from(NAMES)) for level in LEVELS[1:]}))
def test_a_run_and_an_explanation_agree(chosen: dict[str, frozenset[str]]) -> None:
    """What the steps see is what the explanation says wins: on a host, and off the hosts."""
    declared = "".join(f"  {name}: {{type: string, default: inputs}}\n" for name in NAMES)
    playbook = load(f"inputs:\n{declared}hosts: all\nsteps: [{{check: a, ssh: 'echo {{{{ a }}}}'}}]\n")
    inventory = make_inventory(
        ("h1",),
        variables=dict.fromkeys(sorted(chosen["group"]), "group"),
        host_variables={"h1": dict.fromkeys(sorted(chosen["host"]), "host")},
    )
    problems = Problems()
    outside = scope.Outside(
        set_texts=dict.fromkeys(sorted(chosen["set"]), "set"),
        environ={f"RUNBOOK_INPUT_{name.upper()}": "environment" for name in chosen["environment"]},
        secrets={},
        files=(vars_file(dict.fromkeys(sorted(chosen["file"]), "file")),),
    )

    found = scope.resolve(playbook, inventory, (TargetName("h1"),), Needs(), outside, problems)

    assert problems.sorted() == ()
    on_host = {**found.names, **found.host_names[TargetName("h1")]}
    for name in NAMES:
        levels = [level for level in LEVELS if level == "inputs" or name in chosen[level]]
        off_host = [level for level in levels if level != "host"]
        assert on_host[name] == found.sources.view(inventory.hosts[0])[name].winner.value == levels[-1]
        assert found.names[name] == found.sources.view()[name].winner.value == off_host[-1]
        overrode = [each.value for each in found.sources.view()[name].overrode]
        assert overrode == off_host[-2::-1]


def test_what_a_calling_playbook_gives_is_stronger_than_the_inventory_and_all_there_is() -> None:
    """The person's values are for the playbook that was named, not for those that it plays."""
    playbook = load(
        "inputs: {x: {type: string, default: own}}\nhosts: all\nsteps: [{check: a, ssh: 'echo {{ x }}'}]\n"
    )
    inventory = make_inventory(("h1",), variables={"x": "group"}, host_variables={"h1": {"x": "host"}})
    caller = {"x": Sourced("caller", Level.CALLER, "outer.yml:9:12")}
    outside = scope.Outside(set_texts={"y": "set"}, environ={}, secrets={}, caller=caller)
    problems = Problems()

    found = scope.resolve(playbook, inventory, (TargetName("h1"),), Needs(), outside, problems)

    assert problems.sorted() == ()
    assert found.names["x"] == "caller"
    assert "x" not in found.host_names[TargetName("h1")]
    assert [each.value for each in found.sources.view(inventory.hosts[0])["x"].overrode] == ["host", "own"]


def test_a_plan_sees_the_same() -> None:
    """The door that everything else goes through."""
    playbook = load("vars: {x: own}\nhosts: all\nsteps: [{check: a, ssh: 'echo {{ x }}'}]\n")
    plan = bind(playbook, make_inventory(("h1",), variables={"x": "group"}), SETTINGS, Problems())

    assert plan.names["x"] == "group"
