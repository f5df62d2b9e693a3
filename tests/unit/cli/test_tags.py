"""`--tags` and `--skip-tags`, as they are typed."""

import json

import pytest
from commanding import Place

CHECKS = """\
runbook: v1
name: {name}
version: 1.0.0
title: {name}
{tags}
health:
  - {{check: Quick, local: "true", tags: [fast]}}
  - {{check: Plain, local: "true"}}
"""


@pytest.fixture
def tagged(place: Place) -> Place:
    """Return a folder with a playbook that carries a tag and one that carries none."""
    (place.folder / "playbooks" / "disk.yml").unlink()
    place.write("playbooks/one.yml", CHECKS.format(name="one", tags="tags: [nightly]"))
    place.write("playbooks/two.yml", CHECKS.format(name="two", tags=""))
    return place


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        ((), {"one": ["Quick", "Plain"], "two": ["Quick", "Plain"]}),
        (("--tags", "nightly"), {"one": ["Quick", "Plain"]}),
        (("--tags", "fast"), {"one": ["Quick"], "two": ["Quick", "Plain"]}),
        (("--tags", "fast,nightly"), {"one": ["Quick", "Plain"], "two": ["Quick", "Plain"]}),
        (("--skip-tags", "fast"), {"one": ["Plain"], "two": ["Plain"]}),
        (("--tags", "nightly", "--skip-tags", "fast"), {"one": ["Plain"]}),
    ],
)
def test_a_sweep(options: tuple[str, ...], asked: dict[str, list[str]], tagged: Place) -> None:
    done = tagged.run("sweep", "-i", "prod", "-o", "jsonl", *options)

    assert done.returncode == 0, done.stderr
    names: dict[str, str] = {}
    found: dict[str, list[str]] = {}
    for event in map(json.loads, done.stdout.splitlines()):
        if event["type"] == "run.started":
            names[event["run"]] = event["playbook"]["name"]
        if event["type"] == "step.finished" and event["outcome"] == "ok":
            found.setdefault(names[event["run"]], []).append(event["title"])
    assert {name: sorted(titles) for name, titles in found.items()} == {
        name: sorted(titles) for name, titles in asked.items()
    }


@pytest.mark.parametrize("command", [("sweep",), ("play", "one")])
@pytest.mark.parametrize("option", ["--tags", "--skip-tags"])
def test_a_tag_that_nobody_carries(command: tuple[str, ...], option: str, tagged: Place) -> None:
    """A typing mistake must not mean that nothing is asked."""
    done = tagged.run(*command, "-i", "prod", option, "fats")

    assert (done.returncode, done.stdout) == (2, "")
    assert f"{option} fats: no step carries the tag 'fats'" in done.stderr
    assert "Did you mean 'fast'?" in done.stderr


def test_tags_that_leave_nothing_to_ask(tagged: Place) -> None:
    done = tagged.run("sweep", "two", "-i", "prod", "--tags", "nightly")

    assert done.returncode == 2


def test_a_play_says_what_was_left_out(tagged: Place) -> None:
    done = tagged.run("play", "one", "-i", "prod", "--skip-tags", "fast")

    assert done.returncode == 0, done.stderr
    assert "skipped, it carries 'fast', which --skip-tags leaves out" in done.stdout
