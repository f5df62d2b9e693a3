"""Malformed playbooks: every problem is a diagnostic with its place, quickly, and never a traceback.

Each file of `playbooks/` says in comments what must be found in it: `# LINE:COLUMN CODE`.
"""

import re
import time
from pathlib import Path

import pytest

from playbook_engine.actions.registry import ACTIONS
from playbook_engine.diagnostics import Problems
from playbook_engine.language import build, reader, schema
from playbook_engine.language.expressions.compiler import ExpressionCompiler
from playbook_engine.model.playbook import Playbook

CORPUS = sorted((Path(__file__).parent / "playbooks").glob("*.yml"))
VALID = "runbook: v1\nname: x\nversion: 1.0.0\ntitle: T\nhealth: [{check: a, local: 'true'}]\n"


def load(path: Path) -> tuple[Playbook | None, list[str]]:
    problems = Problems()
    document = reader.read_file(path, "f", problems)
    playbook = None
    if document is not None:
        schema.check(document, "playbook.v1", problems)
        playbook = build.playbook(document, ExpressionCompiler(problems), ACTIONS, problems)
    return playbook, [f"{str(d.span)[2:]} {d.code}" for d in problems.sorted()]


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_a_file_has_the_problems_that_it_says(path: Path) -> None:
    expected = re.findall(r"^# (\d+:\d+ [a-z0-9-]+)$", path.read_text(encoding="utf-8"), re.MULTILINE)

    playbook, found = load(path)

    assert playbook is None
    assert sorted(found) == sorted(expected)


def billion_laughs() -> str:
    levels = (f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))
    return f"{VALID}vars:\n  a0: &a0 ha\n{''.join(levels)}"


def quadratic_blowup() -> str:
    return f"{VALID}vars:\n  a: &a [{'x, ' * 10_000}]\n  b: [{'*a, ' * 10_000}]\n"


HOSTILE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "1:1 empty-file"),
    "utf-16": (VALID.encode("utf-16"), "1:1 not-utf-8"),
    "utf-16 without a mark": (VALID.encode("utf-16-le"), "1:2 control-character"),
    "utf-32": (VALID.encode("utf-32"), "1:1 not-utf-8"),
    "latin-1": (f"{VALID}owner: Zoé\n".encode("latin-1"), "6:10 not-utf-8"),
    "a NUL byte": (VALID.encode() + b"owner: a\x00b\n", "6:9 control-character"),
    "an escape sequence": (VALID.encode() + b"owner: \x1b[31m\n", "6:8 control-character"),
    "a hidden direction": (f"{VALID}owner: a\u202eb\n".encode(), "6:9 control-character"),
    "10 MB": (VALID.encode() + b"# " + b"x" * 10_000_000, "1:1 too-large"),
    "10 MB of nothing but brackets": (b"[" * 10_000_000, "1:1 too-large"),
    "an executable": (b"\x7fELF\x02\x01\x01" + bytes(64), "1:1 control-character"),
    "10,000 deep": (f"{VALID}vars: {{a: {'[' * 10_000}{']' * 10_000}}}\n".encode(), "6:110 too-deep"),
    "10,000 deep in blocks": (b"- " * 10_000, "1:203 too-deep"),
    "10,000 open mappings": (b"{a: " * 10_000, "1:402 too-deep"),
    "a billion laughs": (billion_laughs().encode(), "12:47 too-many-values"),
    "a quadratic blow-up": (quadratic_blowup().encode(), "8:39 too-many-values"),
    "a pickled object": (
        f"{VALID}owner: !!python/object/apply:os.system ['id']\n".encode(),
        "6:8 unknown-tag",
    ),
    "nothing but a text": (b"just words\n", "1:1 wrong-type"),
}
_PATIENCE = 5
"""Seconds; each takes a small part of one, unless something grows that must not."""


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bytes_are_one_problem_at_once(name: str, tmp_path: Path) -> None:
    data, expected = HOSTILE[name]
    path = tmp_path / "playbook.yml"
    path.write_bytes(data)

    begun = time.process_time()
    playbook, found = load(path)

    assert playbook is None
    assert expected in found
    assert len(found) <= 2
    assert time.process_time() - begun < _PATIENCE


@pytest.mark.parametrize(
    "data",
    [VALID.encode(), b"\xef\xbb\xbf" + VALID.encode(), VALID.replace("\n", "\r\n").encode()],
    ids=["plain", "with a byte order mark", "with CRLF"],
)
def test_a_mark_and_crlf_are_no_problem(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "playbook.yml"
    path.write_bytes(data)

    playbook, found = load(path)

    assert found == []
    assert playbook is not None
