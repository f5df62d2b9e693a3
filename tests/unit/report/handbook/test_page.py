"""Whole documents. `UPDATE_GOLDEN=1` writes them anew; read the difference before you keep it."""

import os
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from shown import EVERYTHING, JWKS, LAB, NESTED, playbook

from playbook_engine.app import showing
from playbook_engine.app.tongues import Tongue
from playbook_engine.diagnostics import Problems
from playbook_engine.errors import UsageError
from playbook_engine.model.sources import InventorySources, Place
from playbook_engine.report.handbook.page import page
from playbook_engine.resources import data_path
from playbook_engine.visible import escape

GOLDEN = Path(__file__).parents[1] / "golden"
DEMO = data_path("inventories") / "demo"
PARSER = MarkdownIt("commonmark").enable("table")


def at(inventory: Path) -> InventorySources:
    return InventorySources(places=(Place(str(inventory), inventory),))


def shown(path: Path, inventory: Path | None = None, host: str | None = None, language: str = "en") -> str:
    problems, tongue = Problems(), Tongue((language,))
    found = showing.translated(showing.playbook(path), path, tongue, problems)
    assert problems.sorted() == ()
    return page(showing.reading(found, at(inventory) if inventory else None, host, tongue.words))


def written(folder: Path, text: str) -> str:
    return page(showing.reading(playbook(folder, text), None, None))


def test_a_step_that_never_happens_here_is_named_and_left_out(tmp_path: Path) -> None:
    """What the inventory decides is decided; what an input decides is up to the reader."""
    (tmp_path / "hosts.yml").write_text("all: {hosts: {h1: }, vars: {platform: docker, pods: 2}}", encoding="utf-8")
    steps = """\
inputs: {pods: {type: integer, default: 1}}
steps:
  - {check: A, when: platform == 'kubernetes', ssh: echo a}
  - {check: B, when: platform == 'docker', ssh: echo b}
  - {check: C, when: pods == 7, ssh: echo c}
"""
    text = page(showing.reading(playbook(tmp_path, steps), at(tmp_path / "hosts.yml"), None))

    assert "### 1. Check: A\n\n**Not in this environment:** only if `platform` is `kubernetes`" in text
    assert "echo a" not in text
    assert "echo b" in text
    assert "echo c" in text


def test_a_request_through_hosts_is_sent_on_each_of_them(tmp_path: Path) -> None:
    text = written(tmp_path, "steps:\n  - {check: A, http: {request: GET http://localhost:1/, via: ssh}}\n")

    assert "On each host of `all`" in text


@pytest.mark.parametrize(
    ("name", "path", "inventory", "host"),
    [
        ("jwks", JWKS, None, None),
        ("jwks-demo", JWKS, DEMO, None),
        ("everything", EVERYTHING, None, None),
        ("everything-lab", EVERYTHING, LAB, None),
        ("everything-disk-1", EVERYTHING, LAB, "disk-1"),
        ("nested", NESTED, None, None),
    ],
)
def test_documents(name: str, path: Path, inventory: Path | None, host: str | None) -> None:
    text = shown(path, inventory, host)
    file = GOLDEN / f"show-{name}.md"
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(text, encoding="utf-8")

    assert text == file.read_text(encoding="utf-8")
    assert all(escape(line) == line for line in text.splitlines())


@pytest.mark.parametrize(
    ("name", "path", "inventory", "host"),
    [
        ("everything", EVERYTHING, None, None),
        ("everything-lab", EVERYTHING, LAB, None),
        ("everything-disk-1", EVERYTHING, LAB, "disk-1"),
        ("nested", NESTED, None, None),
    ],
)
def test_documents_in_chinese(name: str, path: Path, inventory: Path | None, host: str | None) -> None:
    """Commands and expressions are the same, line for line; everything for people is Chinese, where it is translated."""
    text, english = shown(path, inventory, host, "zh"), shown(path, inventory, host)
    file = GOLDEN / f"show-{name}-zh.md"
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(text, encoding="utf-8")

    assert text == file.read_text(encoding="utf-8")
    assert commands(text) == commands(english)
    assert {kind: kinds(text).count(kind) for kind in ("heading_open", "fence", "table_open")} == {
        kind: kinds(english).count(kind) for kind in ("heading_open", "fence", "table_open")
    }


def kinds(text: str) -> list[str]:
    return [token.type for token in PARSER.parse(text)]


def commands(text: str) -> list[str]:
    return [token.content for token in PARSER.parse(text) if token.type == "fence"]


def test_a_value_that_hosts_do_not_share_stays_open(tmp_path: Path) -> None:
    """A default of the playbook must not stand in for what the hosts themselves say."""
    text = shown(EVERYTHING, LAB)

    assert "df --output=pcent {{ log_folder }} | tail" in text
    assert "| `log_folder` | `/srv/one` on `disk-1`, `/srv/two` on `disk-2` |" in text
    assert "tar czf evidence.tgz '/var/log/my app'" in text  # this one does not run on a host


def test_one_host_has_its_own_values() -> None:
    text = shown(EVERYTHING, LAB, "disk-2")

    assert "df --output=pcent /srv/two | tail" in text
    assert "disk-1" not in text


def test_a_host_that_is_not_there() -> None:
    with pytest.raises(UsageError, match="no host 'disk-9'") as caught:
        shown(EVERYTHING, LAB, "disk-9")

    assert caught.value.hint == "Did you mean 'disk-2'?"


def test_secrets_are_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Declared or only looking like one: no value gets into a document, and none has to be there."""
    inventory = tmp_path / "inv"
    inventory.mkdir()
    (inventory / "hosts.yml").write_text(
        "all: {hosts: {one: {db_password: hunter2, api_token: hunter2, smtp_passphrase: hunter2}}}"
    )
    (inventory / "environment.yml").write_text("environment: x\nsecrets: {KEY: {env: SOURCE}}\n")
    monkeypatch.setenv("SOURCE", "hunter2")
    found = playbook(
        tmp_path,
        "inputs: {pin: {type: string, secret: true}}\nsteps:\n  - check: C\n    ssh: echo {{ db_password }} "
        "{{ api_token }} {{ smtp_passphrase }} {{ secret.KEY }} {{ pin }} {{ env.SOURCE }}\n",
    )

    text = page(showing.reading(found, at(inventory), None))

    assert "hunter2" not in text
    assert 'echo {{ db_password }} {{ api_token }} {{ smtp_passphrase }} "${KEY}" "${pin}" {{ env.SOURCE }}' in text
    assert 'export KEY="$SOURCE"' in text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("health: [{check: C, ssh: x}]", "All is well when every check here holds.\n"),
        ("health: [{check: C, ssh: x, critical: false}, {check: D, ssh: x}]", "All may be well even if this one does not hold."),
        ("steps: [{check: C, ssh: x, critical: true}]", "**All depends on this check:** if it does not hold, stop here."),
        ("steps: [{check: C, ssh: x, retries: 1}]", "try again once, after 1s."),
        ("steps: [{check: C, ssh: x, retries: 3, delay: 0s}]", "try again up to 3 times, at once."),
        ("defaults: {retries: 2}\nsteps: [{check: C, ssh: x, within: 1m}]", "Try every 10s until it holds, for at most 1m."),
        ("defaults: {timeout: 7s}\nsteps: [{check: C, ssh: x}]", "On each host of `all`, for at most 7s:"),
        ("steps: [{check: C, ssh: x, timeout: 9s}]", "On each host of `all`, for at most 9s:"),
        ("steps: [{mitigate: M, ssh: x, irreversible: true}]", "If it fails, stop: this did not solve it."),
        ("steps: [{mitigate: M, ssh: x, irreversible: true, on_failure: continue}]", "If it fails, go on all the same."),
        ("steps: [{mitigate: A, ssh: x, undo: {ssh: u}}, {mitigate: B, ssh: x, undo: {ssh: v}}]", "If it fails, take it back, then the change of step 1, and stop: this did not solve it."),
        ("steps: [{mitigate: M, ssh: x, irreversible: true, serial: 1}]", "Do not do it everywhere at once: 1 target at a time."),
        ("steps: [{mitigate: M, ssh: x, irreversible: true, serial: [1, 25%]}]", "1 target, then 25% of the targets at a time."),
        ("steps: [{mitigate: M, ssh: x, irreversible: true, max_failures: 0}]", "stop when any target did not end well."),
        ("steps: [{verify: V, ssh: x}]", "**If it does not hold:** stop: this did not solve it."),
        ("steps: [{mitigate: A, ssh: x, undo: {ssh: u}}, {verify: V, ssh: x}]", "**If it does not hold:** take back the change of step 1, and stop: this did not solve it."),
        ("health: [{check: C, ssh: x}]\nsteps: [{verify: V}]", "Repeat the health check H1.\n\n**Expected:** it holds."),
        ("steps: [{verify: V, ssh: x, on_pass: continue}]", "**If it holds:** go on."),
        ("steps: [{verify: V, ssh: x}]\nfinally: [{check: C, local: x}]", "**If it holds:** it is solved. Leave out the other steps and do F1."),
        ("steps: [{check: C, ssh: x, id: a}, {check: D, ssh: y, hosts: a.unreachable}]", "On each host that step 1 could not reach (`a.unreachable`), for"),
        ("steps: [{escalate: E, to: ana}]", "Tell **ana**:\n\n> **E**"),
        ("steps: [{branch: B, cases: [{when: false, steps: []}], else: []}]", "#### 1.2. Else\n\nNothing is done here; go on."),
    ],
)  # fmt: skip
def test_what_a_field_means_for_a_reader(text: str, sentence: str, tmp_path: Path) -> None:
    assert sentence in written(tmp_path, text)


def test_nothing_is_said_about_what_is_not_there(tmp_path: Path) -> None:
    assert [
        line for line in written(tmp_path, "health: [{check: C, local: 'true'}]").splitlines() if line[:2] == "##"
    ] == [
        "## Is all well?",
        "### H1. Check: C",
    ]


def test_control_characters_are_shown_and_not_sent(tmp_path: Path) -> None:
    text = written(tmp_path, 'steps:\n  - check: "C\\e[2J"\n    ssh: "echo \\e[31m \\u202e\\tx"\n    note: "N\\a"\n')

    assert "C\\\\x1b\\[2J" in text
    assert "echo \\x1b[31m \\u202e\tx" in text
    assert "\x1b" not in text
