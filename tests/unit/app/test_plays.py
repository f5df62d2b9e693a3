"""Playbooks that play others: what lint and planning say of them, at the place in the file."""

import time
from pathlib import Path

import pytest
from plans import HOSTS

from playbook_engine.app import linting, loading, planning
from playbook_engine.app.config import Config
from playbook_engine.app.planning import Request
from playbook_engine.diagnostics import Problems
from playbook_engine.errors import InvalidInput
from playbook_engine.model.plan import planned_plays
from playbook_engine.model.playbook import Playbook
from playbook_engine.model.settings import Mode, RunSettings
from playbook_engine.model.sources import InventorySources, Place

HEAD = "runbook: v1\nname: {name}\nversion: 1.0.0\ntitle: T\n"
PLAIN = "steps: [{check: a, local: 'true'}]\n"


def plays(play: str) -> str:
    return f"steps:\n  - branch: B\n    cases:\n      - when: 'true'\n        play: {play}\n    else: []\n"


def write(folder: Path, **texts: str) -> list[Path]:
    """Write playbooks; underscores stand for dashes in their names."""
    files = []
    for key, text in texts.items():
        name = key.replace("_", "-")
        files.append(folder / f"{name}.yml")
        files[-1].write_text(HEAD.format(name=name) + text, encoding="utf-8")
    return files


def linted(*files: Path, config: Config | None = None) -> list[str]:
    found = linting.lint(files, None, config).diagnostics
    return [
        f"{Path(d.span.source.name).name}:{d.span.line}:{d.span.column} {d.code}: {d.message}"
        for d in found
        if d.span
    ]


def sources(inventory: Path) -> InventorySources:
    return InventorySources(places=(Place(str(inventory), inventory),))


def prepared(folder: Path, file: Path, **more: object) -> planning.Ready:
    """Bind a playbook to an inventory of two hosts."""
    inventory = folder / "inv"
    inventory.mkdir(exist_ok=True)
    (inventory / "hosts.yml").write_text(HOSTS, encoding="utf-8")
    (inventory / "environment.yml").write_text("environment: test\n", encoding="utf-8")
    settings = RunSettings(state_dir=folder / "state", **more)  # type: ignore[arg-type]  # tests give what fits
    return planning.prepare(Request(playbook=file, inventory=sources(inventory), settings=settings, set_texts={}))


def refused(folder: Path, file: Path, **more: object) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        prepared(folder, file, **more)
    return [
        f"{f'{Path(d.span.source.name).name}:{d.span.line}:{d.span.column}' if d.span else '-'} {d.code}: {d.message}"
        for d in caught.value.diagnostics
    ]


def test_a_playbook_beside_the_one_that_plays_it(tmp_path: Path) -> None:
    (file, _) = write(tmp_path, a=plays("b"), b=PLAIN)
    assert linted(file) == []
    ready = prepared(tmp_path, file)
    assert [play.ref.name for play in planned_plays(ready.plan.blocks)] == ["b"]


def test_a_playbook_in_the_folder_of_playbooks(tmp_path: Path) -> None:
    """Where `runbook play` would look."""
    (tmp_path / "shared").mkdir()
    write(tmp_path / "shared", b=PLAIN)
    (file,) = write(tmp_path, a=plays("b"))
    assert linted(file, config=Config(playbooks=tmp_path / "shared")) == []


CASES = {
    "of itself": ({"a": plays("a")}, "a.yml:9:15 cyclic-play: playing 'a' would never end: a → a"),
    "in a circle": (
        {"a": plays("b"), "b": plays("c"), "c": plays("a")},
        "a.yml:9:15 cyclic-play: playing 'b' would never end: a → b → c → a",
    ),
    "of a circle of others": (
        {"a": plays("b"), "b": plays("c"), "c": plays("b")},
        "a.yml:9:15 cyclic-play: playing 'b' would never end: a → b → c → b",
    ),
    "of one that is not there": (
        {"a": plays("disk-fll"), "disk_full": PLAIN},
        "a.yml:9:15 unknown-playbook: there is no playbook 'disk-fll' to play",
    ),
    "too deep": (
        {
            "a": plays("b"),
            "b": plays("c"),
            "c": plays("d"),
            "d": plays("e"),
            "e": plays("f"),
            "f": plays("g"),
            "g": PLAIN,
        },
        "a.yml:9:15 too-deep: playbooks play each other 6 deep: a → b → c → d → e → f → g",
    ),
    "with an unknown input": (
        {"a": plays("{playbook: b, inputs: {pth: x}}"), "b": "inputs: {path: {type: string, default: y}}\n" + PLAIN},
        "a.yml:9:38 unknown-input: 'b' has no input 'pth'",
    ),
    "without an input that it needs": (
        {
            "a": plays("b"),
            "b": "inputs: {path: {type: string, required: true}}\nsteps: [{check: a, local: 'ls {{ path }}'}]\n",
        },
        "a.yml:9:15 missing-input: 'b' needs the input 'path'",
    ),
    "with a value of another type": (
        {
            "a": plays("{playbook: b, inputs: {size: many}}"),
            "b": "inputs: {size: {type: integer, default: 1}}\n" + PLAIN,
        },
        "a.yml:9:38 invalid-input: the value for the input 'size' does not fit: expected a whole number, found \"many\"",
    ),
    "with a value outside its limits": (
        {
            "a": plays("{playbook: b, inputs: {size: 3}}"),
            "b": "inputs: {size: {type: integer, default: 9, minimum: 5}}\n" + PLAIN,
        },
        "a.yml:9:38 invalid-input: the value for the input 'size' does not fit: 3 is below the minimum of 5",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_play_that_cannot_be(case: str, tmp_path: Path) -> None:
    """Lint and planning say the same, at the same place."""
    texts, said = CASES[case]
    file = write(tmp_path, **texts)[0]
    assert linted(file) == [said]
    found = refused(tmp_path, file)
    assert said in found
    assert not [line for line in found if line.startswith("a.yml") and line != said]


def test_five_deep_is_allowed(tmp_path: Path) -> None:
    file = write(tmp_path, a=plays("b"), b=plays("c"), c=plays("d"), d=plays("e"), e=plays("f"), f=PLAIN)[0]
    assert linted(file) == []
    assert len(list(planned_plays(prepared(tmp_path, file).plan.blocks))) == 5


def test_an_input_may_come_from_the_inventory(tmp_path: Path) -> None:
    """It is one of its variables; without an inventory nobody can know that."""
    child = "inputs: {place: {type: string, required: true}}\nsteps: [{check: a, local: 'ls {{ place }}'}]\n"
    file = write(tmp_path, a=plays("b"), b=child)[0]
    (tmp_path / "inv" / "group_vars").mkdir(parents=True)
    (tmp_path / "inv" / "group_vars" / "all.yml").write_text("place: /var\n", encoding="utf-8")
    prepared(tmp_path, file)
    assert linting.lint([file], sources(tmp_path / "inv")).diagnostics == ()


def test_what_is_wrong_with_the_other_playbook_is_said_too(tmp_path: Path) -> None:
    """In planning, each with its own place; lint of the one that plays it says that it cannot be played."""
    file = write(tmp_path, a=plays("b"), b="steps: [{chekc: a}]\n")[0]
    assert [line.split(": ")[0] for line in linted(file)] == ["a.yml:9:15 unknown-playbook"]
    found = [line.split(": ")[0] for line in refused(tmp_path, file)]
    assert found == ["a.yml:9:15 unknown-playbook", "b.yml:5:10 unknown-verb"]
    other = write(tmp_path, c=plays("d"), d="steps: [{check: a, local: 'echo {{ missing_name }}'}]\n")[0]
    assert [line.split(": ")[0] for line in refused(tmp_path, other)] == ["d.yml:5:36 unknown-name"]


def test_a_sweep_looks_at_no_other_playbook(tmp_path: Path) -> None:
    """It asks for health and plays nothing."""
    file = write(tmp_path, a="health: [{check: h, local: 'true'}]\n" + plays("nowhere"))[0]
    assert prepared(tmp_path, file, mode=Mode.SWEEP).plan.steps == ()


def test_each_playbook_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many play it."""
    reads: list[str] = []
    real = loading.playbook

    def noted(path: Path, problems: Problems) -> Playbook | None:
        reads.append(path.name)
        return real(path, problems)

    monkeypatch.setattr(loading, "playbook", noted)
    files = write(tmp_path, shared=PLAIN, **{f"p{n}": plays("shared") for n in range(20)})
    assert linted(*files) == []
    assert sorted(reads) == sorted(path.name for path in files)


@pytest.mark.no_cover  # the same lines thousands of times
def test_a_thousand_playbooks_that_play_each_other_stay_quick(tmp_path: Path) -> None:
    """Each plays the next two, all in one circle: nobody walks through them all for each of them."""
    count = 300
    texts = {
        f"p{n}": plays(f"p{(n + 1) % count}")
        + f"finally: [{{branch: C, cases: [{{when: 'true', play: p{(n + 2) % count}}}], else: []}}]\n"
        for n in range(count)
    }
    files = write(tmp_path, **texts)
    alone = linting.lint(files[:1], None)
    assert {d.code for d in alone.diagnostics} == {"cyclic-play"}
    began = time.process_time()
    found = linting.lint(files, None)
    assert len(found.diagnostics) == 2 * count
    assert time.process_time() - began < 20


@pytest.mark.parametrize(
    ("approved", "said"),
    [
        ({"b:clean"}, None),
        ({"steps/1/case 1/play/steps/1"}, None),
        ({"clean"}, "--approve clean: the playbook has no such mitigation"),
    ],
)
def test_a_yes_for_a_mitigation_of_the_other_playbook(approved: set[str], said: str | None, tmp_path: Path) -> None:
    """Its name has that of its playbook before it; its path is a name, too."""
    child = "steps: [{mitigate: Clean, id: clean, local: 'true', irreversible: true}]\n"
    file = write(tmp_path, a=plays("b"), b=child)[0]
    if said is None:
        prepared(tmp_path, file, approved=frozenset(approved))
    else:
        assert refused(tmp_path, file, approved=frozenset(approved)) == [f"- unknown-step: {said}"]


def test_hosts_of_a_step_that_is_not_on_hosts(tmp_path: Path) -> None:
    text = "hosts: all\nsteps:\n  - {check: a, id: x, local: 'true'}\n  - {check: b, ssh: w, hosts: x.failed}\n"
    file = write(tmp_path, a=text)[0]
    said = "a.yml:8:31 missing-hosts: 'x' is not carried out on hosts, so it cannot say where this runs"
    assert refused(tmp_path, file) == linted(file) == [said]


def test_a_branch_without_else(tmp_path: Path) -> None:
    text = "steps:\n  - branch: B\n    for: host\n    cases: [{when: 'true', steps: []}]\n"
    assert ["'else'" in line for line in linted(write(tmp_path, a=text)[0])] == [True]


def test_a_secret_given_to_the_other_playbook_is_masked_in_the_record(tmp_path: Path) -> None:
    """Written in the playbook or not: what the input declares to be secret is."""
    child = (
        "inputs: {key: {type: string, secret: true, required: true}}\nsteps: [{check: a, local: 'echo {{ key }}'}]\n"
    )
    file = write(tmp_path, a=plays("{playbook: b, inputs: {key: hunter2-secret}}"), b=child)[0]
    ready = prepared(tmp_path, file)
    assert "hunter2-secret" in {secret.reveal() for secret in ready.secrets.values()}
