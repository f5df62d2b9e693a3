"""The main job on the embedded stack, through the installed command."""

import json
import os
import pty
import re
import subprocess
import time
from pathlib import Path

from commanding import RUNBOOK, Place

from playbook_engine.resources import data_path
from playbook_engine.sandbox.stack import DemoStack

PLAYBOOK = str(data_path("playbooks") / "jwks-outage.yml")


def test_the_playbook_heals_the_stack_and_its_record_verifies(place: Place, stack: DemoStack) -> None:
    """Broken, played, resolved; one changed byte is found, and where."""
    stack.break_("jwks")
    played = place.run("play", PLAYBOOK, "-i", str(stack.inventory), "--yes", "--output", "json")
    assert played.returncode == 0, played.stdout + played.stderr
    document = json.loads(played.stdout)
    assert (document["verdict"], document["changed"]) == (
        "resolved",
        ["Serve the pinned signing key and keep fetched keys longer"],
    )
    assert place.run("audit", "verify").returncode == 0
    record = place.records()[0]
    damaged = record.read_bytes().replace(b'"verdict":"resolved"', b'"verdict":"Resolved"')
    record.write_bytes(damaged)
    verified = place.run("audit", "verify", document["run"])
    assert verified.returncode == 1
    assert re.search(r"line \d+ \(byte \d+\)", verified.stdout)


def test_no_secret_is_in_any_artifact(place: Place, stack: DemoStack) -> None:
    """The probe token and the pinned key are used and shown nowhere."""
    stack.break_("jwks")
    played = place.run("play", PLAYBOOK, "-i", str(stack.inventory), "--yes", "--output", "jsonl")
    shown = place.run("audit", "show")
    record = place.records()[0].read_text(encoding="utf-8")
    key = json.loads((stack.inventory.parent.parent / "secrets" / "supabase_jwk.json").read_text(encoding="utf-8"))
    assert played.returncode == 0
    for secret in (stack.probe_token, stack.probe_token.split(".")[2], key["n"]):
        for artifact in (played.stdout, played.stderr, shown.stdout, record):
            assert secret not in artifact
    assert "<secret SUPABASE_JWK>" in record


def test_a_real_run_becomes_a_rehearsal(place: Place, stack: DemoStack) -> None:
    """HTTP, SSH, the cluster, polling: played again from what was kept it goes the same way, and no secret came out."""
    stack.break_("jwks")
    played = place.run("play", PLAYBOOK, "-i", str(stack.inventory), "--yes", "--record")
    verified = place.run("audit", "verify")
    written = place.run("rehearse", "latest", "-o", "rehearsals/real.yml")
    tested = place.run("test", "rehearsals/real.yml")

    text = (place.folder / "rehearsals" / "real.yml").read_text(encoding="utf-8")
    kept = place.records()[0].with_suffix(".answers").read_text(encoding="utf-8")
    key = json.loads((stack.inventory.parent.parent / "secrets" / "supabase_jwk.json").read_text(encoding="utf-8"))
    assert (played.returncode, written.returncode, tested.returncode) == (0, 0, 0), written.stderr + tested.stdout
    assert re.search(r"Proven: the \d+ full answers are as they were written", verified.stdout)
    assert "- {status: 401, json: {error:" in text
    for secret in (stack.probe_token, stack.probe_token.split(".")[2], key["n"]):
        assert secret not in text
        assert secret not in kept


def test_without_a_yes_it_waits_and_changes_nothing(place: Place, stack: DemoStack) -> None:
    """No --yes and no terminal: exit 3 before the first mitigation."""
    stack.break_("jwks")
    played = place.run("play", PLAYBOOK, "-i", str(stack.inventory))
    assert played.returncode == 3, played.stdout
    assert "waiting" in played.stdout
    assert "step.started" in {event["type"] for event in place.events()}
    assert not [event for event in place.events() if event.get("changes") is True]
    assert place.run("sweep", PLAYBOOK, "-i", str(stack.inventory)).returncode == 1


def test_approving_one_mitigation_by_its_id(place: Place, stack: DemoStack) -> None:
    """`--approve pin` is enough for the road that needs only that one."""
    stack.break_("jwks")
    played = place.run("play", PLAYBOOK, "-i", str(stack.inventory), "--approve", "pin")
    assert played.returncode == 0, played.stdout


def test_check_reads_and_shows_what_it_would_change(place: Place, stack: DemoStack) -> None:
    """`--check` runs the reading steps for real; the mitigation stands there, resolved and not run."""
    stack.break_("jwks")
    checked = place.run("play", PLAYBOOK, "-i", str(stack.inventory), "--check")
    assert checked.returncode == 1
    assert "would run: kubectl: set env deployment/gymbro-api" in checked.stdout
    assert "would change deployments/gymbro-api:" in checked.stdout
    assert "undo: set env deployments/gymbro-api" in checked.stdout
    assert "containers.api.env.JWKS_CACHE_TTL_SECONDS: 1 → 3600" in checked.stdout
    assert not [event for event in place.events() if event.get("changes") is True]


def test_a_healthy_stack_is_healthy(place: Place, stack: DemoStack) -> None:
    """`play` and `sweep` agree, and say it in few words."""
    stack.mend()
    played = place.run("play", PLAYBOOK, "-i", str(stack.inventory))
    assert (played.returncode, "healthy" in played.stdout) == (0, True)
    swept = place.run("sweep", PLAYBOOK, "-i", str(stack.inventory))
    assert swept.returncode == 0
    assert len(swept.stdout.splitlines()) == 1


def test_a_name_that_does_not_resolve_is_escalated(place: Place, stack: DemoStack) -> None:
    """The other road: nothing is changed, on-call and manager are told, and the notices arrived."""
    stack.break_("dns")
    before = len(stack.told())
    played = place.run("play", PLAYBOOK, "-i", str(stack.inventory), "--yes", "--output", "json")
    document = json.loads(played.stdout)
    assert (played.returncode, document["verdict"]) == (1, "unresolved")
    assert (document["changed"], document["told"]) == ([], ["secondary_oncall", "tech_manager"])
    assert len(stack.told()) == before + 2


class Terminal:
    """The command on a pseudo-terminal, with someone who reads and types."""

    def __init__(self, place: Place, *arguments: str) -> None:
        self._master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [RUNBOOK, *arguments],
            cwd=place.folder,
            env=place.environment | {"TERM": "xterm-256color"},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self.text = ""

    def read_until(self, wanted: str) -> None:
        """Read the screen until it shows this."""
        deadline = time.monotonic() + 60
        while wanted not in self.text:
            assert time.monotonic() < deadline, self.text
            try:
                self.text += os.read(self._master, 65536).decode("utf-8", "replace")
            except OSError:  # the other side is closed
                assert wanted in self.text, self.text

    def type(self, text: str) -> None:
        """Type."""
        self.text = ""
        os.write(self._master, text.encode())

    def end(self) -> int:
        """Read to the end; return the exit status."""
        try:
            while chunk := os.read(self._master, 65536):
                self.text += chunk.decode("utf-8", "replace")
        except OSError:
            pass
        os.close(self._master)
        return self.process.wait(timeout=30)


QUESTION = "[q]uit here:"


def test_answering_the_prompt(place: Place, stack: DemoStack) -> None:
    """An empty line is no answer; a yes does it, and the screen ends with the verdict and the chain."""
    stack.break_("jwks")
    terminal = Terminal(place, "play", PLAYBOOK, "-i", str(stack.inventory))
    terminal.read_until(QUESTION)
    assert "SUPABASE_JWK=<secret SUPABASE_JWK>" in terminal.text
    terminal.type("\n")
    terminal.read_until(QUESTION)
    terminal.type("y\n")
    assert terminal.end() == 0
    assert "resolved" in terminal.text
    assert "\x1b[?25h" in terminal.text  # the cursor is back


def test_quitting_at_the_prompt(place: Place, stack: DemoStack) -> None:
    """Nothing is changed, and someone is told that it stays unresolved."""
    stack.break_("jwks")
    terminal = Terminal(place, "play", PLAYBOOK, "-i", str(stack.inventory))
    terminal.read_until(QUESTION)
    terminal.type("q\n")
    assert terminal.end() == 1
    assert not [event for event in place.events() if event.get("changes") is True]


def test_ctrl_c_at_the_prompt(place: Place, stack: DemoStack) -> None:
    """Ctrl-C leaves with 130 and an end on record."""
    stack.break_("jwks")
    terminal = Terminal(place, "play", PLAYBOOK, "-i", str(stack.inventory))
    terminal.read_until(QUESTION)
    os.kill(terminal.process.pid, 2)
    assert terminal.end() == 130
    assert place.events()[-1]["verdict"] == "interrupted"


def test_the_demo_command_itself(place: Place) -> None:
    """`runbook demo` from an empty folder: started, broken, healed, verified, cleaned up."""
    done = place.run("demo")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "resolved" in done.stdout
    assert "intact" in done.stderr
    assert done.stderr.count("runbook ") >= 3
    assert Path(place.folder).is_dir()
