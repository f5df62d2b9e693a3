"""The long form of `ssh` and `local`: who runs a command, in which shell, with which environment and input."""

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook_engine.actions.shell import LOCAL, SSH
from playbook_engine.diagnostics import Diagnostic, Problems, Source
from playbook_engine.language.expressions.compiler import ExpressionCompiler
from playbook_engine.language.reader import read
from playbook_engine.model.actions import Action, ActionKind
from playbook_engine.model.expressions import ExpressionError
from playbook_engine.model.requests import Become, ShellRequest
from playbook_engine.model.targets import Control, Host, SecretName, Target
from playbook_engine.values import Duration, Secret, SecretText, TargetName, Value, reveal

HOST = Host(name=TargetName("db-1"), user="deploy")
HERE = Host(name=TargetName("me"), connection="local")
PASSWORD = Secret("SUDO", "pw")


def load(text: str, kind: ActionKind = SSH) -> tuple[Action | None, tuple[Diagnostic, ...]]:
    problems = Problems()
    document = read(Source("p.yml", text), problems)
    assert document is not None
    assert document.root is not None
    action = kind.read(document.root, ExpressionCompiler(problems), problems)
    return action, problems.sorted()


def made(
    fields: str, names: dict[str, Value] | None = None, kind: ActionKind = SSH, target: Target = HOST
) -> ShellRequest:
    action, problems = load(f"{{command: id, {fields}}}", kind)
    assert not problems
    assert action is not None
    request = action.request(names or {}, target, Duration(1000))
    assert isinstance(request, ShellRequest)
    return request


def test_all_fields_at_once() -> None:
    request = made(
        'user: "{{ who }}", become: {user: postgres, password: "{{ secret.SUDO }}"}, shell: /bin/bash, '
        'env: {LC_ALL: C, LIMIT: 5, TOKEN: "t {{ secret.SUDO }}"}, stdin: "in {{ who }} {{ secret.SUDO }}"',
        {"who": "ops", "secret": {"SUDO": PASSWORD}},
    )

    assert request.target == Host(name=TargetName("db-1"), user="ops")
    assert request.become == Become(user="postgres", password=SecretText((PASSWORD,)))
    assert request.program == "/bin/bash"
    assert [(name, reveal(value)) for name, value in request.env] == [("LC_ALL", "C"), ("LIMIT", "5"), ("TOKEN", "t pw")]  # fmt: skip
    assert request.stdin is not None
    assert reveal(request.stdin) == "in ops pw"


def test_what_is_shown_is_masked_and_whole() -> None:
    request = made(
        'become: {user: postgres, password: "{{ s }}"}, shell: /bin/bash, env: {TOKEN: "{{ s }}"}, stdin: "a\\n{{ s }}"',
        {"s": PASSWORD},
    )

    assert request.summary() == (
        'id become: postgres shell: /bin/bash env: {"TOKEN": "<secret SUDO>"} stdin: "a\\n<secret SUDO>"'
    )
    assert "pw" not in f"{request!r}{request}"


def test_a_long_input_is_shown_by_its_beginning() -> None:
    summary = made("stdin: '{{ x }}'", {"x": "a" * 5_000}).summary()

    assert summary == f'id stdin: "{"a" * 200}…" (5,000 characters)'


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("become: true", Become(user="root")),
        ("become: {user: www-data}", Become(user="www-data")),
        ('become: {password: "{{ s }}"}', Become(user="root", password=SecretText((PASSWORD,)))),
    ],
)
def test_whom_to_become(fields: str, expected: Become) -> None:
    assert made(fields, {"s": PASSWORD}).become == expected
    assert made(fields, {"s": PASSWORD}, LOCAL, Control()).become == expected


def test_references_are_those_of_all_fields() -> None:
    action, _ = load(
        '{command: "{{ a }}", user: "{{ b }}", become: {user: "{{ c }}", password: "{{ d.e }}"}, '
        'env: {X: "{{ f }}"}, stdin: "{{ g }}"}'
    )
    assert action is not None
    assert sorted(found.name for found in action.references) == list("abcdfg")


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("{command: id, become: true}", "id become: true"),
        ("{stdin: 'a\n\n  b', command: id, env: {A: '{{ x }}'}}", 'id stdin: "a\\nb" env: {"A": "{{ x }}"}'),
        ("{argv: [id], user: ops}", '["id"] user: "ops"'),
    ],
)
def test_the_source_is_what_the_author_wrote(text: str, source: str) -> None:
    action, problems = load(text)
    assert not problems
    assert action is not None
    assert action.source == source


@pytest.mark.parametrize(
    ("fields", "names", "message"),
    [
        ("user: '{{ x }}'", {"x": ""}, "'' is not a user name"),
        ("user: '{{ x }}'", {"x": "-oProxyCommand=x"}, "'-oProxyCommand=x' is not a user name"),
        ("user: '{{ x }}'", {"x": "a b"}, "'a b' is not a user name"),
        ("user: '{{ x }}'", {"x": Secret("S", "abc")}, "the name of a user is shown, so it cannot be a secret"),
        ("become: {user: '{{ x }}'}", {"x": "-u"}, "'-u' is not a user name"),
        ("become: {password: '{{ x }}'}", {"x": "plain"}, "the password for sudo does not come from a secret, so it would be shown"),
        ("become: {password: '{{ x }}'}", {"x": Secret("S", "a\nb")}, "the password for sudo holds a line end or a NUL character"),
        ("env: {A: '{{ x }}'}", {"x": "a\0"}, "the value of A holds a NUL character, which no process can be given"),
        ("env: {A: '{{ x }}'}", {"x": Secret("S", "a\0")}, "the value of A holds a NUL character, which no process can be given"),
        ("stdin: '{{ x }}'", {"x": "a" * (1024 * 1024 + 1)}, "the text would be 1,048,577 characters long; the limit is 1,048,576"),
        ("stdin: '{{ x }}'", {"x": "ü" * 600_000}, "stdin has 1,200,000 bytes; at most 1,048,576 are sent"),
        ("stdin: '{{ x }}'", {"x": "\ud800"}, "stdin holds characters that cannot be written as UTF-8"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_used_is_an_error(fields: str, names: dict[str, Value], message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        made(fields, names)

    assert caught.value.message == message
    assert caught.value.span.column > 10


def test_input_may_have_anything_in_it() -> None:
    assert made("stdin: '{{ x }}'", {"x": "a\0b\n"}).stdin == "a\0b\n"
    assert made("stdin: ''").stdin == ""
    assert made("stdin: 5").stdin == "5"


@pytest.mark.parametrize("target", [HERE, Control()])
def test_nobody_logs_in_where_the_connection_is_local(target: Target) -> None:
    with pytest.raises(ExpressionError, match="nobody logs in to"):
        made("user: ops", target=target)


@pytest.mark.parametrize(
    ("fields", "code", "place", "message"),
    [
        ("user: ''", "empty-value", "1:21", "expected a user name, found an empty text"),
        ("user: -x", "wrong-value", "1:21", "'-x' is not a user name"),
        ("user: 5", "wrong-type", "1:21", "expected a user name, found the number 5"),
        ("become: false", "wrong-type", "1:23", "expected true (for root), or {user: NAME}, found the boolean false"),
        ("become: root", "wrong-type", "1:23", "expected true (for root), or {user: NAME}, found the text 'root'"),
        ("become: {usr: x}", "unknown-key", "1:24", "'usr' is not a field of become"),
        ("become: {user: a b}", "wrong-value", "1:30", "'a b' is not a user name"),
        ("become: {password: hunter2}", "literal-secret", "1:34", "the password for sudo does not stand in a playbook"),
        ("shell: bash", "wrong-value", "1:22", "'bash' is not the absolute path of a program"),
        ("shell: /bin/bash -e", "wrong-value", "1:22", "'/bin/bash -e' is not the absolute path of a program"),
        ("shell: '{{ x }}'", "wrong-value", "1:22", "'shell' is fixed text: how values are quoted depends on it"),
        ("shell: /usr/bin/fish", "wrong-value", "1:22", "fish does not read quotes as a POSIX shell does, so values would not be safe in it"),
        ("shell: /bin/tcsh", "wrong-value", "1:22", "tcsh does not read quotes as a POSIX shell does, so values would not be safe in it"),
        ("shell: /usr/bin/python3", "wrong-value", "1:22", "'python3' is not known to be a POSIX shell, for which values are quoted"),
        ("env: [A]", "wrong-type", "1:20", "expected variables with values, found a list"),
        ("env: {A-B: x}", "wrong-name", "1:21", "'A-B' is not a name that a variable can have"),
        ("env: {1A: x}", "wrong-name", "1:21", "'1A' is not a name that a variable can have"),
        ("env: {PPID: x}", "wrong-name", "1:21", "PPID is set by the shell itself"),
        ("env: {RUNBOOK_SECRET_X: x}", "wrong-name", "1:21", "names that begin with RUNBOOK_SECRET_ are those by which secrets travel"),
        ("env: {A: ~}", "wrong-type", "1:24", "expected a value for A, found nothing"),
        ("env: {A: '{{ x'}", "template-unclosed", "1:25", "this {{ is never closed"),
        ("stdin: [a]", "wrong-type", "1:22", "expected a text, found a list"),
        ("stdin: '{{ x | raw }}'", "not-allowed", "1:25", None),
    ],
)  # fmt: skip
def test_a_mistake_is_reported_where_it_is(fields: str, code: str, place: str, message: str | None) -> None:
    action, problems = load(f"{{command: ab, {fields}}}")

    assert [(found.code, str(found.span)) for found in problems] == [(code, f"p.yml:{place}")]
    assert message in {None, problems[0].message}
    assert action is None or code == "unknown-key"


def test_all_mistakes_are_reported_at_once() -> None:
    _, problems = load("{command: '{{ a', user: a b, become: 5, shell: sh, env: {A B: x}, stdin: [x]}")

    assert len(problems) == 6


def test_a_shell_has_no_meaning_for_arguments() -> None:
    _, problems = load("{argv: [id], shell: /bin/bash}")

    assert [(found.code, str(found.span)) for found in problems] == [("contradictory-field", "p.yml:1:14")]


def test_nobody_logs_in_for_local() -> None:
    _, problems = load("{command: id, user: ops}", LOCAL)

    assert [(found.code, found.message) for found in problems] == [
        ("contradictory-field", "'user' has no meaning for local: nobody logs in")
    ]
    assert problems[0].hint is not None
    assert "become" in problems[0].hint


@pytest.mark.parametrize("path", ["/bin/sh", "/usr/local/bin/bash-5.2", "/bin/bash5", "/opt/x_y/ksh93", "/bin/zsh"])
def test_a_shell_that_reads_quotes_as_posix_says(path: str) -> None:
    assert made(f"shell: {path}").program == path


_HOSTILE = st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), max_size=20)


@pytest.mark.parametrize("name", ["bash", "zsh", "mksh", "ksh", "dash"])
@settings(max_examples=40, deadline=None)
@given(plain=_HOSTILE, secret=_HOSTILE)
def test_values_are_quoted_rightly_for_every_shell_that_is_allowed(name: str, plain: str, secret: str) -> None:
    """No value is more than a word, wherever it stands, in any of the shells."""
    program = shutil.which(name)
    if program is None:
        pytest.skip(f"{name} is not installed")
    text = f"""
    command: printf '%s|' {{{{ p }}}} "{{{{ p }}}}" 'a{{{{ p }}}}b' "{{{{ s }}}}" {{{{ s }}}} x{{{{ p }}}}; echo 1 >/dev/null # {{{{ p }}}}
    shell: {Path("/bin") / name}
    """
    action, problems = load(text)
    assert not problems
    assert action is not None
    request = action.request({"p": plain, "s": Secret("S", secret)}, HOST, Duration(1000))
    assert isinstance(request, ShellRequest)
    done = subprocess.run(
        [program, "-c", request.shell.command],
        env={variable: value.reveal() for variable, value in request.shell.secrets},
        capture_output=True,
        check=True,
        timeout=10,
    )
    assert done.stdout.decode() == f"{plain}|{plain}|a{plain}b|{secret}|{secret}|x{plain}|"


KNOWN = Host(name=TargetName("db-1"), user="deploy", password=Secret("L", "login"), become_password=PASSWORD)


def test_the_inventory_may_have_the_password_for_sudo() -> None:
    assert made("become: {user: www}", target=KNOWN).become == Become(user="www", password=SecretText((PASSWORD,)))
    own = made('become: {password: "{{ s }}"}', {"s": Secret("OWN", "mine")}, target=KNOWN).become
    assert own is not None
    assert own.password is not None
    assert reveal(own.password) == "mine"
    assert made("env: {A: b}", target=KNOWN).become is None


def test_the_passwords_of_one_user_are_not_shown_for_another() -> None:
    request = made("user: ops, become: true", target=KNOWN)
    assert request.target == Host(name=TargetName("db-1"), user="ops")
    assert request.become == Become(user="root")
    assert made("user: deploy", target=KNOWN).target == KNOWN


def test_what_is_not_read_yet_is_no_password() -> None:
    host = Host(name=TargetName("db-1"), become_password=SecretName("SUDO"))
    assert made("become: true", target=host).become == Become(user="root")
