"""What a person gives: by the environment, in files, with `--set`; all mistakes at once, and no secret in any."""

import pytest
from given_values import vars_text

from playbook_engine.diagnostics import Problems, Source, Span
from playbook_engine.model.playbook import InputSpec
from playbook_engine.plan import given
from playbook_engine.plan.given import Given
from playbook_engine.report.diagnostics import render
from playbook_engine.values import Secret, Value

SPAN = Span(Source("test.yml", ""), 3, 5, 3, 9)
SPECS = (
    InputSpec(name="cache_ttl", type="integer", span=SPAN, description="Seconds that keys stay cached"),
    InputSpec(name="region", type="string", span=SPAN, enum=("eu", "us")),
    InputSpec(name="pin", type="string", span=SPAN, secret=True, pattern="^[0-9]{4}$"),
    InputSpec(name="hosts_file", type="object", span=SPAN),
)


def receive(
    environ: dict[str, str] | None = None,
    files: tuple[str, ...] = (),
    sets: dict[str, str] | None = None,
    elsewhere: frozenset[str] = frozenset(),
) -> tuple[dict[str, tuple[Value, str]], Problems]:
    """Return what counts in the end with its origin, and the problems."""
    problems = Problems()
    read = tuple(vars_text(text, f"vars{number}.yml") for number, text in enumerate(files, 1))
    what = Given(environ=environ or {}, files=read, set_texts=sets or {}, elsewhere=elsewhere)
    layers = given.layers(SPECS, what, problems)
    return {name: (each.value, each.origin) for layer in layers for name, each in layer.items()}, problems


def lines(problems: Problems) -> list[tuple[str, str, str]]:
    return [(str(d.span or "-"), d.code, d.message) for d in problems.sorted()]


def test_the_later_place_wins() -> None:
    """The environment, then the files in their order, then `--set`."""
    environ = {"RUNBOOK_INPUT_CACHE_TTL": "1", "RUNBOOK_INPUT_REGION": "eu", "HOME": "/root"}

    assert receive(environ)[0]["cache_ttl"] == (1, "RUNBOOK_INPUT_CACHE_TTL")
    assert receive(environ, ("cache_ttl: 2",))[0]["cache_ttl"] == (2, "vars1.yml:1:1")
    assert receive(environ, ("cache_ttl: 2", "a: &a 3\ncache_ttl: *a"), elsewhere=frozenset("a"))[0]["cache_ttl"] == (
        3,
        "vars2.yml:2:1",
    )
    assert receive(environ, ("cache_ttl: 2",), {"cache_ttl": "4"})[0]["cache_ttl"] == (4, "--set")
    assert receive(environ, ("cache_ttl: 2",), {"cache_ttl": "4"})[0]["region"] == ("eu", "RUNBOOK_INPUT_REGION")


def test_all_problems_are_found_at_once() -> None:
    """Typos, wrong types and wrong values of every place; what is overridden is checked too."""
    _, problems = receive(
        {"RUNBOOK_INPUT_CACHE_TL": "1", "RUNBOOK_INPUT_region": "eu", "RUNBOOK_INPUT_CACHE_TTL": "soon"},
        ("regin: eu\ncache_ttl: '5'\nregion: cn\nhosts_file: {a: '{{ x }}'}\n",),
        {"cache_tl": "5", "cache_ttl": "soon", "region": "eu"},
    )

    assert lines(problems) == [
        ("-", "unknown-input", "RUNBOOK_INPUT_CACHE_TL: the playbook has no input 'cache_tl'"),
        ("-", "invalid-input", 'RUNBOOK_INPUT_CACHE_TTL: expected a whole number such as 3600, found "soon"'),
        ("-", "unknown-input", "RUNBOOK_INPUT_region: the environment variable of an input is in capital letters"),
        ("-", "unknown-input", "--set cache_tl: the playbook has no input 'cache_tl'"),
        ("-", "invalid-input", '--set cache_ttl: expected a whole number such as 3600, found "soon"'),
        ("vars1.yml:1:1", "unknown-input", "the playbook has no input 'regin'"),
        ("vars1.yml:2:12", "invalid-input", 'cache_ttl: expected a whole number, found "5"'),
        ("vars1.yml:3:9", "invalid-input", 'region: "cn" is not one of eu, us'),
        ("vars1.yml:4:18", "template-in-data", "values of inputs are plain data: '{{' has no meaning here"),
    ]
    assert [d.hint for d in problems.sorted()] == [
        "Did you mean 'cache_ttl'?",
        "Seconds that keys stay cached",
        "Write RUNBOOK_INPUT_REGION.",
        "Did you mean 'cache_ttl'?",
        "Seconds that keys stay cached",
        "Did you mean 'region'?",
        "Seconds that keys stay cached",
        None,
        "Write the value itself.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "pin: hunter2",
        "pin: [hunter2]",
        'pin: "hunter2"  # wrong',
        "pin: |\n  hunter2\n  hunter2\n",
        "{pin: hunter2, region: cn}",
        '{"pin": "hunter2", "cache_ttl": "soon", "nobody": 1}',
        "pni: hunter2",
        "{pni: hunter2, region: cn}",
        "nobody: [a, hunter2, {b: hunter2}]\nregion: cn",
    ],
)
def test_no_secret_is_shown_whatever_is_wrong(text: str) -> None:
    """Neither in messages nor in the lines that are shown with them; a misspelt name may be that of a secret."""
    _, problems = receive(files=(text,))
    shown = render(problems.sorted(), color=False, width=140)

    assert problems.has_errors
    assert "hunter2" not in shown
    assert "hunter2" not in repr(problems.sorted())


@pytest.mark.parametrize("where", ["environment", "set"])
def test_a_secret_text_is_not_shown(where: str) -> None:
    environ = {"RUNBOOK_INPUT_PIN": "hunter2"} if where == "environment" else {}
    _, problems = receive(environ, sets={"pin": "hunter2", "pni": "hunter2"} if where == "set" else {})

    assert problems.has_errors
    assert "hunter2" not in render(problems.sorted(), color=False, width=140)


def test_a_secret_that_fits_is_a_secret_from_everywhere() -> None:
    assert receive({"RUNBOOK_INPUT_PIN": "4711"})[0]["pin"][0] == Secret("pin", "4711")
    assert receive(files=("pin: '4711'",))[0]["pin"][0] == Secret("pin", "4711")
    assert receive(sets={"pin": "4711"})[0]["pin"][0] == Secret("pin", "4711")


def test_the_line_of_a_value_that_may_be_shown_is_shown() -> None:
    """Only the secret in it is covered."""
    _, problems = receive(files=("{pin: '4711', region: cn}",))

    assert "{pin: ******, region: cn}" in render(problems.sorted(), color=False, width=140)


def test_what_belongs_to_another_playbook_of_a_sweep_is_no_problem() -> None:
    elsewhere = frozenset({"disk_limit"})
    found, problems = receive(
        {"RUNBOOK_INPUT_DISK_LIMIT": "1"}, ("disk_limit: 2",), {"disk_limit": "3"}, elsewhere=elsewhere
    )

    assert (found, problems.sorted()) == ({}, ())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cache_ttl:", "cache_ttl: expected a whole number, found nothing"),
        ("cache_ttl: 3600.0", "cache_ttl: expected a whole number, found 3600.0"),
        ("cache_ttl: true", "cache_ttl: expected a whole number, found true"),
        ("region: 1", "region: expected a text, found 1"),
        ("hosts_file: []", "hosts_file: expected a mapping, found []"),
    ],
)
def test_values_in_files_are_not_converted(text: str, message: str) -> None:
    """YAML has types; a number in quotes is a text."""
    _, problems = receive(files=(text,))

    assert [d.message for d in problems.sorted()] == [message]
