"""Values in shell commands: real shells give back exactly the value, wherever it stands, and run none of it."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playbook_engine.diagnostics import Diagnostic, Problems, Source, Span
from playbook_engine.language.expressions.compiler import ExpressionCompiler
from playbook_engine.model.document import Scalar
from playbook_engine.model.expressions import ExpressionError, Template
from playbook_engine.values import Names, Secret, ShellText, Value

Render = Callable[[str], Template]
Complain = Callable[[str], list[Diagnostic]]
FOUND = [path for name in ("sh", "dash", "bash") if (path := shutil.which(name))]
SHELLS = list({os.path.realpath(path): path for path in FOUND}.values())
AS_COMMAND = True

ATTACKS = (
    "$(touch canary)",
    "`touch canary`",
    "';touch canary;'",
    '";touch canary;"',
    ";touch canary;",
    "\ntouch canary\n",
    ")touch canary;(",
    "a[$(touch canary)]",
    "\\'$(touch canary)",
    "\\\\`touch canary`",
    "}$(touch canary)",
    "'\\'';touch canary;'",
    "#\ntouch canary",
)
TRICKY = st.sampled_from(
    ["'", '"', "`", "$", "\\", "$(", "${", "!", "*", "~", "\n", "\r", "\t", " ", "#", "&", ";", "|"]
)
LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
VALUES = st.one_of(
    st.sampled_from(ATTACKS),
    st.lists(st.one_of(TRICKY, LETTERS), max_size=30).map("".join),
    st.sampled_from(["", "-", "2", "if", "a=b", "{a,b}", "~root", "\n", "\n\n", "é\n", "漢字"]),
)
PLACES = (
    r"""printf '%s\0' {{ v }} '{{ v }}' "{{ v }}" a{{ v }}b 'a{{ v }}b' "a{{ v }}b" 'q'{{ v }}"r{{ v }}"s\ t """
    r""""$(printf '%s.' {{ v }} '{{ v }}' "{{ v }}")" $(: {{ v }} # {{ v }}"""
    "\n"
    r""") {{ [v, v] }} "$( (printf '%s.' "${x:-y}{{ v }}") )" {} {{ v }} # {{ v }}"""
)


def compiled(text: str) -> Template | None:
    span = Span(Source("x.yml", text), 1, 1, 1, 2)
    return ExpressionCompiler(Problems()).template(Scalar(text, text, span), shell=AS_COMMAND)


def played(shell: str, command: ShellText, folder: Path) -> str:
    secrets = {name: secret.reveal() for name, secret in command.secrets}
    done = subprocess.run(
        [shell, "-c", command.command],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **secrets},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert done.stderr == b""
    return done.stdout.decode()


def expected(value: str) -> list[str]:
    thrice = f"{value}." * 3
    joined = [f"a{value}b"] * 3
    return [value, value, value, *joined, f"q{value}r{value}s t", thrice, value, value, f"y{value}.", "{}", value]


@pytest.mark.parametrize("shell", SHELLS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=VALUES)
def test_gives_back_exactly_the_value_in_every_place(shell: str, tmp_path: Path, value: str) -> None:
    made = compiled(PLACES)

    assert made is not None
    assert played(shell, made.shell({"v": value}), tmp_path).split("\0")[:-1] == expected(value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("shell", SHELLS)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=VALUES)
def test_a_secret_travels_beside_the_command(shell: str, tmp_path: Path, value: str) -> None:
    made = compiled(PLACES)
    secret = "hunter2" + value

    assert made is not None
    command = made.shell({"v": Secret("API-KEY", secret)})
    assert "hunter2" not in command.command
    assert [name for name, _ in command.secrets] == ["RUNBOOK_SECRET_API_KEY"]
    assert played(shell, command, tmp_path).split("\0")[:-1] == expected(secret)
    assert list(tmp_path.iterdir()) == []


PIECES = (
    *(
        "'",
        '"',
        "`",
        "$(",
        "(",
        ")",
        "((",
        "))",
        "$((",
        "${",
        "}",
        "x",
        "echo ",
        ": ",
        " ",
        "\n",
        "#",
        " #",
        "\\",
        "$",
    ),
    *("a=", "[", "]", "[[ ", " ]]", "<", "<<", ">", "|", "&", ";", "!", "{ ", "case x in ", "esac", "x)", ";;", "$'"),
    *(
        '$"',
        "$[",
        "*",
        "~",
        "-gt 1",
        "if true; then ",
        "fi",
        "\t",
        "\r",
        "EOF",
        "f() ",
        "a[",
        ">&",
        "=(",
        ":-",
        "<(",
        "{a,",
    ),
    *("{{ v }}",) * 12,
)


@pytest.mark.parametrize("shell", SHELLS)
@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(pieces=st.lists(st.sampled_from(PIECES), min_size=2, max_size=12), value=st.sampled_from(ATTACKS))
def test_runs_nothing_of_a_value_whatever_the_command_looks_like(
    shell: str, tmp_path: Path, pieces: list[str], value: str
) -> None:
    """Most of these commands make no sense; whatever the shell takes them for, the value stays a value."""
    made = compiled("".join(pieces))
    if made is None:
        return

    subprocess.run(
        [shell, "-c", made.shell({"v": value}).command],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=30,
        check=False,
    )

    assert not (tmp_path / "canary").exists()


NAMES: Names = {
    "v": "a b",
    "q": "it's",
    "n": 2,
    "xs": ["a b", 1],
    "no": [],
    "key": Secret("KEY", "hunter2"),
    "b": Secret("a-b", "1"),
    "c": Secret("a_b", "2"),
    "nul": "a\0b",
    "odd": "\udcff",
    "nulkey": Secret("N", "a\0b"),
}


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("tail -n {{ n }} {{ v }}", "tail -n 2 'a b'"),
        ("echo {{ q }} '{{ q }}' \"{{ q }}\"", "echo 'it'\\''s' 'it'\\''s' \"it's\""),
        ("echo {{ '' }}", "echo ''"),
        ("echo {{ xs }} {{ no }}.", "echo 'a b' 1 ."),
        ("echo {{ 'if' }} {{ 'a=b' }}", "echo 'if' 'a=b'"),
        ("echo {{ n }}>{{ v }}", "echo '2'>'a b'"),
        ("echo {{ true }} {{ 1.5 }}", "echo true 1.5"),
        ("x # {{ q }} {{ xs }} {{ key }}", "x # it_s a b 1 _secret KEY_"),
        ("{{ v | raw }} '{{ v | raw }}'", "a b 'a b'"),
        ("\\{{ v | raw }} $'{{ v | raw }}'", "\\a b $'a b'"),
        ("cat {{ v }} <<E\n{{ v | raw }}\nE", "cat 'a b' <<E\na b\nE"),
        ("cat <<E\n$'\nE", "cat <<E\n$'\nE"),
        ("awk '{print $1}' {{ v }}", "awk '{print $1}' 'a b'"),
        ("echo ${x} ${#list} $1 $? {{ n }}", "echo ${x} ${#list} $1 $? 2"),
        ("a=$(( 1 + 2 )); echo {{ n }}", "a=$(( 1 + 2 )); echo 2"),
        ('a=`date`; echo "`date`" {{ n }}', 'a=`date`; echo "`date`" 2'),
        ("case {{ v }} in a) echo {{ n }};; esac", "case 'a b' in a) echo 2;; esac"),
        ("[[ -e x ]] && ls [[:alpha:]] {{ n }}", "[[ -e x ]] && ls [[:alpha:]] 2"),
        ("cat <<< {{ n }}", "cat <<< 2"),
        ("echo a#{{ v }} \\# {{ v }}", "echo a#'a b' \\# 'a b'"),
        ("(echo {{ n }}) | x", "(echo 2) | x"),
        ("echo 2>&1 {{ n }} 2>& 1 {{ n }}>&2", "echo 2>&1 2 2>& 1 '2'>&2"),
        ("x & {{ n }} && {{ n }}", "x & 2 && 2"),
        ("x \\\n # {{ q }}\n{{ n }}", "x \\\n # it_s\n2"),
        ("\\\n#{{ q }}\n{{ n }}", "\\\n#it_s\n2"),
        ('x\\\n "a\\\nb" {{ n }}', 'x\\\n "a\\\nb" 2'),
    ],
)
def test_quotes_for_the_place(command: Render, text: str, rendered: str) -> None:
    assert command(text).shell(NAMES) == ShellText(rendered)


def test_secrets_have_variables_of_their_own(command: Render) -> None:
    made = command("x '{{ key }}' {{ key }} {{ 'Bearer ' ~ key }} {{ b }} {{ c }} {{ [key, v] }}").shell(NAMES)

    assert made.command == (
        'x \'\'"${RUNBOOK_SECRET_KEY}"\'\' "${RUNBOOK_SECRET_KEY}" "${RUNBOOK_SECRET_KEY_2}" '
        '"${RUNBOOK_SECRET_a_b}" "${RUNBOOK_SECRET_a_b_2}" "${RUNBOOK_SECRET_KEY}" \'a b\''
    )
    assert {name: secret.reveal() for name, secret in made.secrets} == {
        "RUNBOOK_SECRET_KEY": "hunter2",
        "RUNBOOK_SECRET_KEY_2": "Bearer hunter2",
        "RUNBOOK_SECRET_a_b": "1",
        "RUNBOOK_SECRET_a_b_2": "2",
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("echo '{{ xs }}'", "a list cannot stand inside quotes"),
        ('echo "{{ xs }}"', "a list cannot stand inside quotes"),
        ("echo {{ xs | raw }}", "a list cannot stand inside quotes"),
        ("echo {{ none }}", "the expression has no value (none)"),
        ("echo {{ {} }}", "the mapping {} cannot be put into a text as it is"),
        ("echo {{ key | raw }}", "a secret cannot go into a command without quotes"),
        ("echo {{ nul }}", "the value holds a NUL character, which a command cannot carry"),
        ("echo {{ nulkey }}", "the secret N holds a NUL character, which a command cannot carry"),
        ("echo {{ odd }}", "the value is not valid Unicode, so a command cannot carry it"),
    ],
)
def test_refuses_values_that_cannot_be_quoted(command: Render, text: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        command(text).shell(NAMES)

    assert caught.value.message == message


@pytest.mark.parametrize(
    ("text", "column", "part"),
    [
        ("echo \\{{ v }}", 17, "a backslash"),
        ("echo ${{ v }}", 17, "follow $"),
        ('echo "${{ v }}"', 18, "follow $"),
        ('echo "\\{{ v }}"', 18, "a backslash"),
        ("echo ${x:-{{ v }}}", 21, "${…}"),
        ("echo $(( {{ n }} + 1 ))", 20, "arithmetic"),
        ('echo $(( "{{ n }}" + 1 ))', 21, "arithmetic"),
        ("(( {{ n }} > 1 ))", 14, "(("),
        ("[[ {{ n }} -gt 1 ]]", 14, "[[ … ]]"),
        ('[[ "{{ n }}" -gt 1 ]]', 15, "[[ … ]]"),
        ("a[{{ n }}]=1", 13, "name[…]"),
        ("a[ {{ n }} ]=1", 14, "name["),
        ("echo x >&{{ v }}", 20, ">&"),
        ('echo x >& "{{ v }}"', 22, ">&"),
        ("a=((x)) {{ v }}", 19, "(("),
        ("a=({{ xs }})", 14, "=("),
        ('echo "$\\\n({{ v }})"', None, "inside a word"),
        ("$(ca\\\nse x in x) {{ v }};; esac)", None, "inside a word"),
        ("`echo {{ n }}`", 17, "$(…)"),
        ('"`echo {{ n }}`"', 18, "$(…)"),
        ("cat <<E\n{{ v }}\nE", None, "here-document"),
        ("echo $'a' {{ v }}", 21, "$'"),
        ("echo $[1] {{ v }}", 21, "$["),
        ("echo $(case x in x) echo {{ v }};; esac)", 36, "case"),
        ("echo ${x:-'a'} {{ v }}", 26, "with quotes"),
    ],
)
def test_refuses_places_where_no_quoting_is_safe(
    command_complaints: Complain, text: str, column: int | None, part: str
) -> None:
    [found] = command_complaints(text)

    assert found.code == "shell-quoting"
    assert part in found.message
    assert found.span is not None
    assert column is None or found.span.column == column
    assert found.hint is not None


@pytest.mark.parametrize(
    ("text", "column", "sign"),
    [
        ("echo 'a", 16, "'"),
        ('echo "a {{ v }}', 16, '"'),
        ("echo $(a {{ v }}", 16, "$("),
        ("echo `a", 16, "`"),
        ("echo ${a", 16, "${"),
    ],
)
def test_notices_what_is_never_closed(command_complaints: Complain, text: str, column: int, sign: str) -> None:
    [found] = command_complaints(text)

    assert (found.code, found.message) == ("shell-syntax", f"this {sign} is never closed")
    assert found.span is not None
    assert found.span.column == column


def test_host_data_in_a_command_is_only_data(command: Render) -> None:
    value: Value = "{{ 7 * 7 }}"

    assert command("echo {{ v }}").shell({"v": value}).command == "echo '{{ 7 * 7 }}'"
