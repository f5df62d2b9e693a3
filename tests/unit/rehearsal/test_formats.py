"""What people and machines read of a test; goldens are written anew with UPDATE_GOLDEN=1."""

import json
import os
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from commanding import Place

from playbook_engine.app.config import Config
from playbook_engine.app.rehearsing import files, testing
from playbook_engine.app.rehearsing.testing import Wanted
from playbook_engine.model.rehearsed import Report
from playbook_engine.report import ansi
from playbook_engine.report.rehearsals import as_json, junit, markdown, text
from playbook_engine.report.rehearsals.counting import percent
from playbook_engine.report.style import ASCII, UNICODE, plain
from playbook_engine.report.widths import display_width

GOLDEN = Path(__file__).parent / "golden"
PLAYBOOK = """\
runbook: v1
name: queue
version: '1'
title: 队列满了
health: [{check: 队列有空间, id: room, http: "GET https://q/"}]
steps:
  - {mitigate: 清空队列 <b>, id: drain, local: drain, timeout: 2m, undo: {local: fill}}
  - {verify: 队列又有空间了, id: again, http: "GET https://q/", on_failure: undo}
  - branch: 还有什么？
    cases: [{when: room.failed, steps: [{escalate: 找人, to: oncall}]}]
    else: [{check: Nothing more, local: "true"}]
"""
REHEARSAL = """\
rehearsal: v1
playbook: queue
answers:
  Nothing more: {}
scenarios:
  - scenario: 一切正常
    answers: {room: {status: 200}}
    expect: {verdict: healthy, path: [room: ok]}
  - scenario: 清空之后 | 还是满的 *and* <more>
    answers:
      room: {status: 503}
      drain: {duration: 90s}
      again: {fault: unreachable, message: 没有到主机的路由，这句话很长，长到在八十列的终端里放不下，所以要换行才看得完}
    expect:
      verdict: resolved
      path:
        - room: failed
        - drain: ok
        - again: ok
      changed: {drain: [control]}
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder = tmp_path_factory.mktemp("playbooks")
    (folder / "rehearsals").mkdir()
    (folder / "queue.yml").write_text(PLAYBOOK, encoding="utf-8")
    (folder / "rehearsals" / "queue.yml").write_text(REHEARSAL, encoding="utf-8")
    before = Path.cwd()
    os.chdir(folder)
    try:
        config = Config(playbooks=Path())
        return testing.test(Wanted(meant=files.meant(["."], config), coverage=True, fail_under=80), config)
    finally:
        os.chdir(before)


def golden(name: str, shown: str) -> None:
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(shown, encoding="utf-8")
    assert shown == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [80, 140])
def test_text(width: int, report: Report) -> None:
    lines = text.report_lines(report, width)

    assert max(display_width(plain(line)) for line in lines) <= width
    golden(f"text-{width}.txt", ansi.text(lines, color=False))


def test_text_that_names_everything(report: Report) -> None:
    golden("text-verbose.txt", ansi.text(text.report_lines(report, 100, ASCII, verbose=True), color=False))


def test_colour_is_never_all_there_is(report: Report) -> None:
    lines = text.report_lines(report, 100, UNICODE)
    colored = ansi.text(lines, color=True)

    assert "\x1b[1;31m" in colored
    assert "- again: ok" in colored
    assert "+ again: unreachable" in colored


def test_markdown(report: Report) -> None:
    golden("page.md", markdown.page(report))


def test_junit(report: Report) -> None:
    written = junit.xml(report)
    root = ET.fromstring(written)  # noqa: S314  we wrote it

    golden("junit.xml", written)
    cases = root.findall(".//testcase")
    assert (root.get("tests"), root.get("failures")) == (str(len(cases)), str(len(root.findall(".//failure"))))
    assert [case.get("name") for case in cases][1] == "清空之后 | 还是满的 *and* <more>"
    assert all(suite.get("tests") == str(len(suite)) for suite in root)


def test_json(report: Report) -> None:
    written = json.dumps(as_json.document(report), ensure_ascii=False, indent=2)

    golden("report.json", f"{written}\n")


@pytest.mark.parametrize(
    ("share", "shown"), [(100.0, "100 %"), (99.99, "99.9 %"), (66.666, "66.6 %"), (0.0, "0 %"), (50.0, "50 %")]
)
def test_what_is_not_all_is_never_shown_as_all(share: float, shown: str) -> None:
    assert percent(share) == shown


class TestTheCommand:
    @pytest.fixture
    def place(self, tmp_path: Path) -> Place:
        place = Place(tmp_path)
        place.write("playbooks/queue.yml", PLAYBOOK)
        place.write("playbooks/rehearsals/queue.yml", REHEARSAL)
        return place

    def test_ends_with_1_when_something_failed(self, place: Place) -> None:
        done = place.run("test")

        assert (done.returncode, done.stderr) == (1, "")
        assert done.stdout.endswith("2 scenarios in 1 file: 1 passed, 1 failed, 1 shared answer never used\n")
        assert "\x1b" not in done.stdout

    def test_ends_with_0_when_all_went_well(self, place: Place) -> None:
        done = place.run("test", "queue", "--filter", "一切")

        assert (done.returncode, done.stderr) == (0, "")
        assert (
            done.stdout == "✓ queue  1 scenario  playbooks/rehearsals/queue.yml\n\n1 scenario in 1 file: 1 passed\n"
        )

    def test_ends_with_1_when_too_little_is_covered(self, place: Place) -> None:
        done = place.run("test", "queue", "--filter", "一切", "--fail-under", "50")

        assert done.returncode == 1
        assert "covered 0 % of the branch edges, 50 % wanted" in done.stdout

    @pytest.mark.parametrize("form", ["json", "junit", "markdown"])
    def test_other_formats_end_alike(self, form: str, place: Place) -> None:
        done = place.run("test", "--format", form)

        assert (done.returncode, done.stderr) == (1, "")
        assert done.stdout.startswith({"json": "{", "junit": "<?xml", "markdown": "**Failed**"}[form])

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("quue",), "there is no playbook 'quue' here or in playbooks/\n  Did you mean 'queue'?"),
            (("--filter", "xyz"), "--filter xyz: no scenario has this in its name\n  There are: 一切正常; "),
            (
                ("playbooks/nothing",),
                "there is no rehearsal for playbooks/nothing\n  Write one as rehearsals/NAME.yml",
            ),
        ],
    )
    def test_what_cannot_be_played(self, arguments: tuple[str, ...], said: str, place: Place) -> None:
        (place.folder / "playbooks" / "nothing").mkdir()

        done = place.run("test", *arguments)

        assert (done.returncode, done.stdout) == (2, "")
        assert said in done.stderr

    def test_mistakes_are_listed_with_their_places(self, place: Place) -> None:
        place.write("playbooks/rehearsals/queue.yml", REHEARSAL.replace("drain: {dur", "drian: {dur"))

        done = place.run("test")

        assert (done.returncode, done.stdout) == (2, "")
        assert "playbooks/rehearsals/queue.yml:12:7: error[unknown-step]: there is no step 'drian'" in done.stderr
        assert "Did you mean 'drain'?" in done.stderr

    def test_a_playbook_that_is_not_enough_for_its_scenario(self, place: Place) -> None:
        place.write("playbooks/queue.yml", PLAYBOOK.replace("local: drain", 'local: "drain {{ how }}"'))

        done = place.run("test")

        assert done.returncode == 2
        assert "playbooks/queue.yml:7:54: error[unknown-name]: 'how' is not known here" in done.stderr
        assert "error[cannot-be-played]: 'queue' cannot be played in this scenario" in done.stderr

    def test_nothing_of_the_real_world_is_read(self, place: Place) -> None:
        """Neither secrets nor the environment: what they would say is nowhere to be seen."""
        place.write("inventories/real/hosts.yml", "all: {hosts: {h: {}}}\n")
        place.write("inventories/real/environment.yml", "secrets: {KEY: {file: /nowhere}}\ncontacts: {oncall: {}}\n")
        playbook = PLAYBOOK.replace("local: drain", 'local: "drain {{ secret.KEY }} {{ env.HOW }}"')
        place.write("playbooks/queue.yml", playbook)
        head = "playbook: queue\ninventory: ../../inventories/real\nenv: {HOW: quickly}"
        place.write("playbooks/rehearsals/queue.yml", REHEARSAL.replace("playbook: queue", head))

        done = place.run("test", environment={"HOW": "slowly"})

        assert done.returncode == 1
        assert "stand-in" not in done.stdout
        assert "slowly" not in done.stdout
