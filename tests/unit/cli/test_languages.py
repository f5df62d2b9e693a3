"""`--lang`: what people see is in their language; what is recorded, and what machines read, is not."""

import json

import pytest
from commanding import Place

from playbook_engine.report.widths import display_width

HOSTS = "all: {hosts: {one: {ansible_connection: local}, two: {ansible_connection: local}}}\n"
PLAYBOOK = """\
runbook: v1
name: disk-full
version: 1.0.0
title: A disk runs full
hosts: all
vars: {{limit: 80}}
health:
  - check: The disk has room
    local: test -e {folder}/emptied
steps:
  - mitigate: Empty the logs
    id: empty
    ssh: touch {folder}/emptied
    irreversible: true
  - check: Nobody is needed
    local: test -e {folder}/quiet
    id: quiet
  - branch: Is somebody needed?
    cases:
      - when: quiet.failed
        steps:
          - escalate: The disk is full
            to: oncall
            message: "Above {{{{ limit }}}} percent."
    else: []
  - verify: The disk has room again
"""
TRANSLATION = """\
translation: v1
playbook: disk-full
language: zh
texts:
  A disk runs full: 磁盘写满
  The disk has room: 磁盘有空间
  Empty the logs: 清空日志
  Is somebody needed?: 需要通知别人吗？
  "Above {{ limit }} percent.": 超过百分之 {{ limit }}。
  The disk has room again: 磁盘重新有空间
"""


@pytest.fixture
def work(place: Place) -> Place:
    """Return a folder whose playbook is translated, but for one title."""
    place.write("playbooks/disk.yml", PLAYBOOK.format(folder=place.folder))
    place.write("playbooks/zh/disk.yml", TRANSLATION)
    place.write("inventories/prod/hosts.yml", HOSTS)
    return place


def test_a_run_in_chinese_and_its_record_as_it_is_written(work: Place) -> None:
    work.write("quiet", "")
    done = work.run("play", "disk", "-i", "prod", "--yes", "--lang", "zh")
    record = work.records()[-1].read_text(encoding="utf-8")

    assert (done.returncode, done.stderr) == (0, "")
    for said in ("磁盘写满", "disk-full 1.0.0，环境 test（2 台主机）", "清空日志  2 个目标已更改", "由 --yes 批准"):
        assert said in done.stdout
    assert "已解决  验证通过（" in done.stdout
    assert "Nobody is needed" in done.stdout  # without a translation it is shown as written
    assert "已更改     清空日志\n" in done.stdout
    assert all(display_width(line) <= 140 for line in done.stdout.splitlines())
    assert '"title":"Empty the logs"' in record.replace('": "', '":"')
    assert "a verify passed" in record
    assert not any("\u4e00" <= char <= "\u9fff" for char in record)


def test_machines_read_what_is_recorded(work: Place) -> None:
    work.write("quiet", "")
    document = json.loads(work.run("play", "disk", "-i", "prod", "--yes", "--lang", "zh", "-o", "json").stdout)
    sweep = json.loads(work.run("sweep", "disk", "-i", "prod", "--lang", "zh", "-o", "json").stdout)

    assert document["verdict"] == "resolved"
    assert document["changed"] == ["Empty the logs"]
    assert [each["title"] for each in sweep["playbooks"]] == ["A disk runs full"]


def test_a_record_shown_again_in_chinese(work: Place) -> None:
    work.write("quiet", "")
    work.run("play", "disk", "-i", "prod", "--yes")

    again = work.run("replay", "--lang", "zh", "--speed", "max").stdout

    assert "清空日志  2 个目标已更改" in again
    assert "已解决  验证通过（" in again


def test_a_record_listed_in_chinese(work: Place) -> None:
    work.write("quiet", "")
    work.run("play", "disk", "-i", "prod", "--yes")

    shown = work.run("audit", "show", "--lang", "zh").stdout
    raw = work.run("audit", "show", "--lang", "zh", "-o", "jsonl").stdout

    assert "：磁盘写满\n" in shown.splitlines(keepends=True)[0]
    assert "mitigate  清空日志：正常（" in shown
    assert "验证通过" in shown
    assert "磁盘写满" not in raw


def test_a_sweep_in_chinese(work: Place) -> None:
    ill = work.run("sweep", "disk", "-i", "prod", environment={"LC_ALL": "zh_CN.UTF-8", "PYTHONUTF8": "1"})
    (work.folder / "emptied").touch()
    well = work.run("sweep", "disk", "-i", "prod", "--lang", "zh")

    assert ill.returncode == 1
    assert ill.stdout.startswith("异常         disk.yml  磁盘写满\n") or "disk-full  磁盘写满" in ill.stdout
    assert "✗ check    磁盘有空间  2 个失败" in ill.stdout or "✗ check    磁盘有空间  失败" in ill.stdout
    assert well.stdout.startswith("1 个剧本：1 个健康（1 项检查，")


def test_a_plan_in_chinese(work: Place) -> None:
    done = work.run("play", "disk", "-i", "prod", "--plan", "--lang", "zh")

    assert done.returncode == 0
    assert done.stdout.startswith("磁盘写满\n")
    assert "mitigate 清空日志" in done.stdout


def test_notices_to_people(work: Place) -> None:
    """The text of a notice is in the language; its fields, and the record, are as written."""
    done = work.run("play", "disk", "-i", "prod", "--yes", "--lang", "zh")

    assert "无法通知 oncall" in done.stdout or "已通知 oncall" in done.stdout
    told = [event for event in work.events() if event["type"] == "escalation.intended"]
    assert [event["message"] for event in told] == ["Above 80 percent."]


@pytest.mark.parametrize("command", ["play", "sweep", "explain"])
def test_a_language_that_nobody_knows(command: str, work: Place) -> None:
    done = work.run(command, "disk", "-i", "prod", "--lang", "zz")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "runbook: --lang: there is nothing in the language 'zz'\n  Known: en, zh.\n"


def test_a_broken_translation_keeps_nobody_from_playing(work: Place) -> None:
    work.write("quiet", "")
    work.write("playbooks/zh/disk.yml", TRANSLATION.replace("磁盘写满", "[磁盘写满"))

    done = work.run("play", "disk", "-i", "prod", "--yes", "--lang", "zh")

    assert done.returncode == 0
    assert "Empty the logs  2 个目标已更改" in done.stdout
    assert "playbooks/zh/disk.yml is not used: texts are shown as they are written" in done.stderr
