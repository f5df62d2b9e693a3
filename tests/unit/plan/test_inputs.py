"""Texts and values for inputs: every type, every limit, and nothing of a secret in any message."""

from pathlib import Path

import pytest
from rehearsing import load

from playbook_engine.diagnostics import Problems, Source, Span
from playbook_engine.model.inputs import TYPES
from playbook_engine.model.playbook import InputSpec
from playbook_engine.plan import inputs
from playbook_engine.values import Duration, Secret, Value

SPAN = Span(Source("test.yml", ""), 3, 5, 3, 9)


def spec(kind: str, **limits: object) -> InputSpec:
    return InputSpec(name="x", type=kind, span=SPAN, **limits)  # type: ignore[arg-type]  # tests give what fits


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("string", "", ""),
        ("string", "3600", "3600"),
        ("string", "true", "true"),
        ("string", "a=b; rm -rf", "a=b; rm -rf"),
        ("integer", "0", 0),
        ("integer", "-12", -12),
        ("integer", "+7", 7),
        ("number", "5", 5),
        ("number", "0.5", 0.5),
        ("number", "1e3", 1000.0),
        ("number", "-.5", -0.5),
        ("boolean", "true", True),
        ("boolean", "false", False),
        ("array", '["a", 1, null]', ["a", 1, None]),
        ("object", '{"a": {"b": []}}', {"a": {"b": []}}),
        ("duration", "1h30m", "1h30m"),
        ("duration", "90s", "90s"),
    ],
)
def test_a_text_becomes_the_declared_type(kind: str, text: str, value: Value) -> None:
    parsed = inputs.parse(spec(kind), text)

    assert parsed == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("integer", ""),
        ("integer", "1.0"),
        ("integer", "1_000"),
        ("integer", " 5 "),
        ("integer", "0x10"),
        ("integer", "٣"),
        ("integer", "9" * 5000),
        ("number", "nan"),
        ("number", "-inf"),
        ("number", "1_0.5"),
        ("number", "abc"),
        ("number", "."),
        ("boolean", "True"),
        ("boolean", "yes"),
        ("boolean", "1"),
        ("array", "a, b"),
        ("array", '{"a": 1}'),
        ("array", "[NaN]"),
        ("array", "[" * 100_000),
        ("object", "[]"),
        ("object", ""),
        ("duration", "30"),
        ("duration", ""),
        ("duration", "5 minutes"),
    ],
)
def test_what_is_not_of_the_type_is_said_with_an_example(kind: str, text: str) -> None:
    with pytest.raises(ValueError, match="expected") as caught:
        inputs.parse(spec(kind), text)

    assert inputs.EXAMPLES[kind] in str(caught.value)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("limited", "good", "bad", "complaint"),
    [
        (spec("integer", minimum=60), "60", "59", "59 is below the minimum of 60"),
        (spec("integer", maximum=9), "9", "10", "10 is above the maximum of 9"),
        (spec("number", minimum=0.5), "0.5", "0.4", "0.4 is below the minimum of 0.5"),
        (spec("string", pattern="^v[0-9]+$"), "v12", "12", '"12" does not match the pattern ^v[0-9]+$'),
        (spec("string", enum=("eu", "us")), "us", "cn", '"cn" is not one of eu, us'),
        (spec("integer", enum=(1, 2)), "2", "3", "3 is not one of 1, 2"),
        (spec("duration", minimum=Duration(10_000)), "10s", "9999ms", '"9999ms" is below the minimum of 10s'),
        (spec("duration", maximum=Duration(60_000)), "1m", "1m1ms", '"1m1ms" is above the maximum of 1m'),
        (
            spec("string", format="url"),
            "https://a.example/x",
            "a.example/x",
            '"a.example/x" is not a URL such as https://example.com/health',
        ),
    ],
)
def test_limits(limited: InputSpec, good: str, bad: str, complaint: str) -> None:
    inputs.parse(limited, good)

    with pytest.raises(ValueError, match=r"is not|below|above|pattern") as caught:
        inputs.parse(limited, bad)
    assert str(caught.value) == complaint


@pytest.mark.parametrize(
    ("secret", "text"),
    [
        (spec("integer", secret=True), "hunter2"),
        (spec("array", secret=True), "hunter2"),
        (spec("integer", secret=True, minimum=99), "42"),
        (spec("integer", secret=True, maximum=9), "42"),
        (spec("string", secret=True, pattern="^[A-Z]+$"), "hunter2"),
        (spec("string", secret=True, enum=("A", "B")), "hunter2"),
        (spec("duration", secret=True), "hunter2"),
        (spec("string", secret=True, format="uuid"), "hunter2"),
        (spec("duration", secret=True, minimum=Duration(1)), "0s"),
    ],
)
def test_a_secret_that_does_not_fit_is_not_quoted(secret: InputSpec, text: str) -> None:
    with pytest.raises(ValueError) as parsed:
        inputs.parse(secret, text)
    with pytest.raises(ValueError) as checked:
        inputs.check(secret, text if not text.isdigit() else int(text))

    assert text not in str(parsed.value)
    assert text not in str(checked.value)


def test_a_vaulted_value_is_judged_by_its_text_and_stays_a_secret() -> None:
    """Of an encrypted value only the text is known."""
    vaulted = Secret("x", "4711")

    assert inputs.check(spec("integer"), vaulted) is vaulted
    for judged in (spec("boolean"), spec("integer", maximum=9)):
        with pytest.raises(ValueError, match=r"expected true or false$|^the value is above the maximum of 9$"):
            inputs.check(judged, vaulted)


def test_a_secret_input_is_a_secret() -> None:
    parsed = inputs.parse(spec("string", secret=True), "hunter2")

    assert isinstance(parsed, Secret)
    assert parsed.reveal() == "hunter2"


@pytest.mark.parametrize(
    ("kind", "value", "fits"),
    [
        ("integer", 5, True),
        ("integer", 5.0, False),
        ("integer", True, False),
        ("integer", "5", False),
        ("number", 5, True),
        ("number", 0.5, True),
        ("number", False, False),
        ("number", float("nan"), False),
        ("number", float("inf"), False),
        ("boolean", False, True),
        ("boolean", 0, False),
        ("string", "", True),
        ("string", None, False),
        ("array", ["a"], True),
        ("array", ("a",), True),
        ("array", "a", False),
        ("object", {"a": 1}, True),
        ("object", [], False),
        ("duration", "5m", True),
        ("duration", "soon", False),
        ("duration", 300, False),
    ],
)
def test_what_an_inventory_may_give(kind: str, value: Value, fits: bool) -> None:
    if fits:
        inputs.check(spec(kind), value)
        return
    with pytest.raises(ValueError, match="expected"):
        inputs.check(spec(kind), value)


@pytest.mark.parametrize(
    ("have", "used", "missing"),
    [(set(), {"x"}, True), ({"x"}, {"x"}, False), (set(), {"y"}, False)],
    ids=["nobody gave it", "given", "these steps do not use it"],
)
def test_a_required_input(have: set[str], used: set[str], missing: bool) -> None:
    problems = Problems()

    inputs.required((spec("integer", required=True),), have, frozenset(used), problems)

    expected = [("missing-input", "Give it with --set x=… (a whole number such as 3600).", SPAN)]
    assert [(d.code, d.hint, d.span) for d in problems.sorted()] == (expected if missing else [])


def test_the_example_of_the_reference_is_a_good_one_and_names_every_type() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "inputs.md").read_text(encoding="utf-8")
    example = page.split("```yaml\n")[1].split("```")[0]
    playbook = load(f"{example}steps: [{{check: a, local: 'echo {{{{ region }}}}'}}]\n")

    assert [each.name for each in playbook.inputs] == ["cache_ttl", "patience", "region", "status_url", "pin"]
    assert playbook.inputs[1].minimum == Duration(10_000)
    assert all(f"| `{kind}` | " in page for kind in TYPES)
