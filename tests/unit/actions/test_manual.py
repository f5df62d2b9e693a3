"""The `manual` action."""

import pytest

from playbook_engine.actions.manual import MANUAL
from playbook_engine.diagnostics import Diagnostic, Problems, Source
from playbook_engine.language.expressions.compiler import ExpressionCompiler
from playbook_engine.language.reader import read
from playbook_engine.model.actions import Action, Addressing, Effect
from playbook_engine.model.requests import ManualRequest
from playbook_engine.model.targets import Host, Person, Target
from playbook_engine.values import Duration, Secret, TargetName, Value


def load(text: str) -> tuple[Action | None, tuple[Diagnostic, ...]]:
    problems = Problems()
    document = read(Source("p.yml", text), problems)
    assert document is not None
    assert document.root is not None
    return MANUAL.read(document.root, ExpressionCompiler(problems), problems), problems.sorted()


def made(text: str, names: dict[str, Value], target: Target | None = None) -> ManualRequest:
    action, problems = load(text)
    assert not problems
    assert action is not None
    request = action.request(names, target or Person(), Duration(1000))
    assert isinstance(request, ManualRequest)
    return request


def test_what_a_question_is_to_the_engine() -> None:
    action, _ = load("Look at {{ rack }}")

    assert action is not None
    assert (action.kind, action.effect, action.default_timeout) == ("manual", Effect.UNKNOWN, Duration(900_000))
    assert action.effect_reason == "what a person does"
    assert MANUAL.addressing is Addressing.PERSON
    assert [found.name for found in action.references] == ["rack"]


def test_the_short_form_asks_for_done_or_failed() -> None:
    request = made("Look at {{ rack }}", {"rack": "R 7"})

    assert request == ManualRequest(
        target=Person(), instruction="Look at R 7", options=("done", "failed"), timeout=Duration(1000)
    )


def test_the_long_form_has_its_own_answers() -> None:
    text = "instruction: |\n  Call the provider.\n  Do they see it?\noptions: [yes, no, 'no answer ']"
    action, _ = load(text)

    assert made(text, {}).options == ("yes", "no", "no answer")
    assert action is not None
    assert action.source == "Call the provider. ⏎ Do they see it? [yes / no / no answer]"


def test_a_secret_is_masked_even_for_the_person_who_is_asked() -> None:
    request = made("Type {{ k }} into the console", {"k": Secret("K", "s3cr3t")})

    assert request.instruction == "Type <secret K> into the console"


def test_with_hosts_the_person_is_asked_in_the_name_of_each() -> None:
    assert made("Look", {}, Host(name=TargetName("api-1"))).target == Person(name=TargetName("api-1"))


@pytest.mark.parametrize(
    ("text", "code", "place", "message"),
    [
        ('""', "empty-value", "1:1", "expected an instruction, found an empty text"),
        ("[a]", "wrong-type", "1:1", "expected an instruction, found a list"),
        ("{options: [a, b]}", "missing-key", "1:1", "manual needs 'instruction'"),
        ("{instruction: Look, option: [a, b]}", "unknown-key", "1:21", "'option' is not a field of manual"),
        ("{instruction: Look, options: yes}", "wrong-type", "1:30", "expected a list of answers, found the text 'yes'"),
        ("{instruction: Look, options: []}", "wrong-type", "1:30", "expected a list of answers, found an empty list"),
        ("{instruction: Look, options: [yes, true]}", "wrong-type", "1:36", "expected an answer as text, found the boolean true"),
        ("{instruction: Look, options: [yes, '']}", "empty-value", "1:36", "expected an answer as text, found an empty text"),
        ("{instruction: Look, options: [yes, no, yes]}", "duplicate-value", "1:40", "the answer 'yes' is offered twice"),
    ],
)  # fmt: skip
def test_a_mistake_is_reported_where_it_is(text: str, code: str, place: str, message: str) -> None:
    action, problems = load(text)

    assert [(found.code, str(found.span), found.message) for found in problems] == [(code, f"p.yml:{place}", message)]
    assert action is None or code == "unknown-key"
