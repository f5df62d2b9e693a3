"""The `ssh` and `local` actions: how they are read, and the requests that they make."""

import os
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook_engine.actions.shell import LOCAL, SSH
from playbook_engine.diagnostics import Diagnostic, Problems, Source
from playbook_engine.language.expressions.compiler import ExpressionCompiler
from playbook_engine.language.reader import read
from playbook_engine.model.actions import Action, ActionKind, Addressing, Effect
from playbook_engine.model.expressions import ExpressionError
from playbook_engine.model.requests import ShellRequest
from playbook_engine.model.targets import Cluster, Control, Host, Person, Target
from playbook_engine.values import Duration, Secret, SecretText, TargetName, Value

HOST = Host(name=TargetName("api-1"), port=2222)


def load(text: str, kind: ActionKind = SSH) -> tuple[Action | None, tuple[Diagnostic, ...]]:
    problems = Problems()
    document = read(Source("p.yml", text), problems)
    assert document is not None
    assert document.root is not None
    action = kind.read(document.root, ExpressionCompiler(problems), problems)
    return action, problems.sorted()


def loaded(text: str, kind: ActionKind = SSH) -> Action:
    action, problems = load(text, kind)
    assert not problems
    assert action is not None
    return action


def made(text: str, names: dict[str, Value], kind: ActionKind = SSH, target: Target = HOST) -> ShellRequest:
    request = loaded(text, kind).request(names, target, Duration(1000))
    assert isinstance(request, ShellRequest)
    return request


def run(request: ShellRequest) -> str:
    variables = {name: secret.reveal() for name, secret in request.shell.secrets}
    done = subprocess.run(
        ["/bin/sh", "-c", request.shell.command], env={**os.environ, **variables}, capture_output=True, check=True
    )
    return done.stdout.decode("utf-8", "surrogateescape")


@pytest.mark.parametrize(
    ("kind", "addressing"), [(SSH, Addressing.HOSTS), (LOCAL, Addressing.CONTROL)], ids=["ssh", "local"]
)
def test_what_a_command_is_to_the_engine(kind: ActionKind, addressing: Addressing) -> None:
    action = loaded("uptime", kind)

    assert kind.addressing is addressing
    assert action.kind == kind.name
    assert (action.effect, action.default_timeout) == (Effect.UNKNOWN, Duration(60_000))
    assert action.effect_reason == "a shell command"
    assert not kind.supports_auto_undo


def test_values_in_a_command_line_are_quoted_for_their_place() -> None:
    request = made("grep -c {{ word }} /var/log/app.log", {"word": "it's; rm -rf /"})

    assert request.shell.command == """grep -c 'it'\\''s; rm -rf /' /var/log/app.log"""
    assert (request.transport, request.target, request.timeout) == ("ssh", HOST, Duration(1000))


@pytest.mark.parametrize("text", ["command: uptime", "uptime", "{command: uptime}"])
def test_the_long_form_with_command_is_the_short_form(text: str) -> None:
    assert made(text, {}).shell.command == "uptime"
    assert loaded(text).source == "uptime"


def test_every_item_of_argv_becomes_one_argument() -> None:
    request = made('{argv: [printf, "%s|", "{{ a }}", 5, "$HOME; {{ b }}", ""]}', {"a": "x y", "b": "*"})

    assert run(request) == "x y|5|$HOME; *||"


text_without_nul = st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), max_size=30)


@given(text_without_nul, text_without_nul.filter(bool))
def test_no_value_in_argv_can_be_more_than_an_argument(plain: str, secret: str) -> None:
    names: dict[str, Value] = {"plain": plain, "secret": {"S": Secret("S", secret)}}

    request = made('{argv: [printf, "%s|%s", "{{ plain }}", "a {{ secret.S }}{{ plain }}"]}', names)

    assert run(request) == f"{plain}|a {secret}{plain}"


def test_secrets_in_argv_travel_in_variables() -> None:
    names: dict[str, Value] = {
        "a": Secret("API-KEY", "s3cr3t"),
        "b": Secret("API_KEY", "0ther"),
        "c": SecretText(("pre ", Secret("API-KEY", "s3cr3t"))),
    }

    request = made('{argv: [printf, "%s|", "{{ a }}", "{{ b }}", "{{ c }}"]}', names)

    assert "s3cr3t" not in request.summary()
    assert [name for name, _ in request.shell.secrets] == ["RUNBOOK_SECRET_API_KEY", "RUNBOOK_SECRET_API_KEY_2"]
    assert run(request) == "s3cr3t|0ther|pre s3cr3t|"


@pytest.mark.parametrize("value", ["a\0b", Secret("S", "\0")])
def test_a_nul_character_cannot_be_sent(value: Value) -> None:
    with pytest.raises(ExpressionError, match="NUL"):
        made('{argv: [echo, "{{ x }}"]}', {"x": value})


def test_a_program_without_a_name_cannot_be_run() -> None:
    with pytest.raises(ExpressionError, match="name of the program is empty"):
        made('{argv: ["{{ x }}", "-v"]}', {"x": ""})


def test_a_local_command_runs_here_in_the_name_of_each_host() -> None:
    on_host = made("uptime", {}, LOCAL, HOST)
    here = made("uptime", {}, LOCAL, Control())

    assert (on_host.transport, on_host.target.name) == ("local", "api-1")
    assert (here.transport, here.target) == ("local", Control())


def test_an_ssh_command_on_a_local_connection_stays_local() -> None:
    host = Host(name=TargetName("me"), connection="local")

    assert made("uptime", {}, SSH, host).transport == "local"


@pytest.mark.parametrize("target", [Person(), Cluster(name=TargetName("main"))])
def test_a_command_cannot_be_addressed_to_what_has_no_shell(target: Target) -> None:
    with pytest.raises(TypeError, match="cannot be addressed"):
        loaded("uptime").request({}, target, Duration(1))


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("tail -n 5 {{ log }}", "tail -n 5 {{ log }}"),
        ("|\n  set -e\n  uptime\n", "set -e ⏎ uptime"),
        ('{argv: [echo, "{{ x }}", "日"]}', '["echo", "{{ x }}", "日"]'),
    ],
)
def test_the_source_is_the_authors_text_on_one_line(text: str, source: str) -> None:
    assert loaded(text).source == source


@pytest.mark.parametrize("text", ["echo {{ a.b }} {{ c }}", '{argv: [echo, "{{ a.b }}", "{{ c }}"]}'])
def test_references_are_those_of_all_templates(text: str) -> None:
    assert [(found.name, found.attributes) for found in loaded(text).references] == [("a", ("b",)), ("c", ())]


@pytest.mark.parametrize(
    ("text", "code", "place", "message"),
    [
        ('""', "empty-value", "1:1", "expected a command line, found an empty text"),
        ('"  "', "empty-value", "1:1", "expected a command line, found an empty text"),
        ("5", "wrong-type", "1:1", "expected a command line, found the number 5"),
        ("~", "wrong-type", "1:1", "expected a command line, found nothing"),
        ("[uptime]", "wrong-type", "1:1", "expected a command line, found a list"),
        ("{}", "missing-key", "1:1", "ssh needs 'command' or 'argv'"),
        ("{command: true}", "wrong-type", "1:11", "expected a command line, found the boolean true"),
        ("{command: a, argv: [b]}", "conflicting-keys", "1:14", "'command' and 'argv' exclude each other"),
        ("{command: a, comand: b}", "unknown-key", "1:14", "'comand' is not a field of ssh"),
        ("{argv: []}", "wrong-type", "1:8", "expected a list: the program, then its arguments; found an empty list"),
        ("{argv: uptime}", "wrong-type", "1:8", "expected a list: the program, then its arguments; found the text 'uptime'"),
        ("{argv: [echo, [a]]}", "wrong-type", "1:15", "expected an argument, found a list"),
        ("{argv: [echo, ~]}", "wrong-type", "1:15", "expected an argument, found nothing"),
        ('{argv: ["", a]}', "empty-value", "1:9", "the name of the program is empty"),
    ],
)  # fmt: skip
def test_a_mistake_is_reported_where_it_is(text: str, code: str, place: str, message: str) -> None:
    _, problems = load(text)

    assert [(found.code, str(found.span), found.message) for found in problems] == [(code, f"p.yml:{place}", message)]


def test_all_mistakes_of_a_list_are_reported() -> None:
    action, problems = load('{argv: [echo, "{{ a", ~, "{{ b"]}')

    assert action is None
    assert len(problems) == 3
