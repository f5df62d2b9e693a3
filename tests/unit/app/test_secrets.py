"""Where secrets come from, and that no message holds anything of them."""

from pathlib import Path

import pytest

from playbook_engine.app import secrets
from playbook_engine.diagnostics import Problems, Severity, Source, Span
from playbook_engine.model.inventory import Channel, Environment, SecretSource

SPAN = Span(Source("environment.yml", ""), 4, 3, 4, 8)
LARGEST = secrets.MAX_BYTES


def environment(**source: str) -> Environment:
    return Environment(name="test", secrets=(SecretSource(name="TOKEN", span=SPAN, **source),))


def read(
    declared: Environment, environ: dict[str, str] | None = None, *, needed: bool = True
) -> tuple[str | None, Problems]:
    problems = Problems()
    found = secrets.read(declared, ["TOKEN"] if needed else [], ["TOKEN"], environ or {}, problems)
    return (found["TOKEN"].reveal() if found else None), problems


def test_from_the_environment() -> None:
    assert read(environment(env="T"), {"T": "hunter2\n"})[0] == "hunter2\n"


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b"hunter2", "hunter2"),
        (b"hunter2\n", "hunter2"),
        (b"hunter2\r\n", "hunter2"),
        (b"two\nlines\n\n", "two\nlines\n"),
        (b" spaces ", " spaces "),
        ("Schlüssel".encode(), "Schlüssel"),
        (b"x" * LARGEST, "x" * LARGEST),
    ],
)
def test_from_a_file_without_its_last_line_end(content: bytes, value: str, tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_bytes(content)

    assert read(environment(file=str(path)))[0] == value


def test_a_file_in_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "token").write_text("hunter2\n")

    assert read(environment(file="~/token"))[0] == "hunter2"


BAD_FILES = {
    "empty": (b"\n", "is empty"),
    "too large": (b"hunter2" * LARGEST, f"is larger than {LARGEST} bytes"),
    "not UTF-8": (b"hunter2\xff\xfe", "the file is not UTF-8 text"),
}


@pytest.mark.parametrize("name", BAD_FILES)
@pytest.mark.parametrize("needed", [True, False], ids=["needed by a step", "wanted for a notice"])
def test_a_file_that_cannot_be_used(name: str, needed: bool, tmp_path: Path) -> None:
    """What a step needs is an error; what only a notice needs is a warning. Neither quotes the file."""
    content, reason = BAD_FILES[name]
    path = tmp_path / "token"
    path.write_bytes(content)

    value, problems = read(environment(file=str(path)), needed=needed)
    (problem,) = problems.sorted()

    assert value is None
    assert problem.message.startswith("the secret 'TOKEN' cannot be read: ")
    assert problem.message.endswith(reason)
    assert (problem.code, problem.span) == ("missing-secret", SPAN)
    assert problem.severity is (Severity.ERROR if needed else Severity.WARNING)
    assert "hunter2" not in f"{problem.message} {problem.hint}"


@pytest.mark.parametrize(
    ("environ", "source", "reason"),
    [
        ({}, {"env": "T"}, "the environment variable T is not set"),
        ({"T": ""}, {"env": "T"}, "the environment variable T is not set"),
        ({}, {"file": "/nowhere/token"}, "/nowhere/token: No such file or directory"),
        ({}, {"file": "/"}, "/: Is a directory"),
    ],
)
def test_what_is_not_there(environ: dict[str, str], source: dict[str, str], reason: str) -> None:
    value, problems = read(environment(**source), environ)

    assert value is None
    assert [d.message for d in problems.sorted()] == [f"the secret 'TOKEN' cannot be read: {reason}"]


def test_only_what_is_needed_is_read() -> None:
    problems = Problems()

    assert secrets.read(environment(file="/nowhere/token"), ["OTHER"], [], {}, problems) == {}
    assert problems.sorted() == ()


def test_the_secrets_of_channels() -> None:
    channels = (
        Channel(name="hook", kind="webhook", span=SPAN, url_secret="URL", signing_secret="KEY"),
        Channel(name="open", kind="webhook", span=SPAN, url="http://127.0.0.1/"),
    )

    assert secrets.channel_secrets(Environment(name="test", channels=channels)) == ("URL", "KEY")
