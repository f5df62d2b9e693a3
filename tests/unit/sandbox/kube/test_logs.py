"""Logs, as much as was asked for."""

from pathlib import Path

import pytest

from playbook_engine.sandbox.kube.logs import read_log
from playbook_engine.sandbox.kube.statuses import Refusal
from playbook_engine.sandbox.stamps import log_time

_OLD = "2020-01-01 00:00:00 INFO old\n  a second line of it\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "p.log").write_text(f"{_OLD}{log_time()} INFO new\n  more of it\n", encoding="utf-8")
    (tmp_path / "p.previous.log").write_bytes(b"before \xff\n")
    return tmp_path


def _lines(folder: Path, **query: str) -> list[str]:
    return [line.split(" INFO ")[-1].strip() for line in read_log(folder, "p", query).decode().splitlines()]


def test_all_of_it(folder: Path) -> None:
    assert _lines(folder) == ["old", "a second line of it", "new", "more of it"]


@pytest.mark.parametrize(("tail", "count"), [("0", 0), ("1", 1), ("3", 3), ("99", 4)])
def test_its_last_lines(folder: Path, tail: str, count: int) -> None:
    assert len(_lines(folder, tailLines=tail)) == count


def test_what_is_young_enough_with_the_lines_that_belong_to_it(folder: Path) -> None:
    assert _lines(folder, sinceSeconds="3600") == ["new", "more of it"]


def test_so_many_bytes(folder: Path) -> None:
    assert read_log(folder, "p", {"limitBytes": "4"}) == b"2020"


def test_the_previous_container(folder: Path) -> None:
    assert read_log(folder, "p", {"previous": "true", "container": "api"}) == "before \ufffd\n".encode()


def test_a_container_that_has_not_started_has_said_nothing(folder: Path) -> None:
    assert read_log(folder, "q", {}) == b""


@pytest.mark.parametrize(
    ("pod", "query", "words"),
    [
        ("p", {"container": "web"}, "container web is not valid"),
        ("p", {"tailLines": "x"}, "tailLines"),
        ("q", {"previous": "true"}, "previous terminated container"),
    ],
)
def test_refusals(folder: Path, pod: str, query: dict[str, str], words: str) -> None:
    with pytest.raises(Refusal, match=words):
        read_log(folder, pod, query)
