"""`runbook show`, `runbook new` and `runbook schema`, run as people run them."""

import json
import os
import pty
import re
import subprocess

import pytest
from commanding import RUNBOOK, Place

from playbook_engine.report.widths import display_width
from playbook_engine.resources import data_path, schema_text

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")

TRANSLATION = "translation: v1\nplaybook: disk-full\nlanguage: zh\ntexts:\n  A disk runs full: 磁盘写满\n"


class TestShow:
    def test_a_document(self, place: Place) -> None:
        done = place.run("show", "disk")

        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith(
            "# A disk runs full\n\nplaybook `disk-full`, version 1.0.0\n\n## Is all well?\n"
        )
        assert "### 2. Change: Empty the logs" in done.stdout
        assert done.stdout.endswith("of the playbook.\n")

    def test_with_an_inventory(self, place: Place) -> None:
        text = place.run("show", "disk", "-i", "prod").stdout

        assert "On each host of `all` (one), for at most 1m:" in text
        assert re.search(r"\| `one` \| `ssh -p \d+ 127\.0\.0\.1` \|", text)
        assert "Tell **oncall** (hook `#oncall`):" in text
        assert "**Ask first:** somebody has to say yes before this is done." in text

    def test_nothing_is_contacted_and_nothing_written(self, place: Place) -> None:
        for form in ("markdown", "mermaid", "dot", "svg"):
            assert place.run("show", "disk", "-i", "prod", "--format", form).returncode == 0

        assert not place.state.exists()

    @pytest.mark.parametrize(
        ("arguments", "environment", "title"),
        [
            (("--lang", "zh"), {}, "# 磁盘写满\n\n剧本 `disk-full`，版本 1.0.0\n\n## 一切正常吗？\n"),
            ((), {"LANG": "zh_CN.UTF-8"}, "# 磁盘写满\n"),
            ((), {"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "# 磁盘写满\n"),
            ((), {"LANG": "zh_CN.UTF-8", "RUNBOOK_LANG": "en"}, "# A disk runs full\n"),
            (("--lang", "en"), {"LANG": "zh_CN.UTF-8"}, "# A disk runs full\n"),
            ((), {"LANG": "fr_FR.UTF-8"}, "# A disk runs full\n"),
        ],
    )
    def test_in_a_language(
        self, arguments: tuple[str, ...], environment: dict[str, str], title: str, place: Place
    ) -> None:
        """The playbook's texts where they are translated, and runbook's own words."""
        place.write("playbooks/zh/disk.yml", TRANSLATION)

        done = place.run("show", "disk", *arguments, environment={"LC_ALL": "", "PYTHONUTF8": "1", **environment})

        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith(title)
        assert "Empty the logs" in done.stdout  # nobody has translated it

    def test_a_graph_in_a_language(self, place: Place) -> None:
        place.write("playbooks/zh/disk.yml", TRANSLATION)

        text = place.run("show", "disk", "--lang", "zh", "--format", "mermaid").stdout

        assert "磁盘写满" in text
        assert "正常#65306;无事可做" in text

    def test_a_language_that_nobody_knows(self, place: Place) -> None:
        done = place.run("show", "disk", "--lang", "zz")

        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == "runbook: --lang: there is nothing in the language 'zz'\n  Known: en, zh.\n"

    def test_a_broken_translation_is_a_warning(self, place: Place) -> None:
        place.write("playbooks/zh/disk.yml", TRANSLATION.replace("磁盘写满", "[磁盘写满"))

        done = place.run("show", "disk", "--lang", "zh")

        assert (done.returncode, done.stdout.splitlines()[0]) == (0, "# A disk runs full")
        assert "playbooks/zh/disk.yml is not used: texts are shown as they are written" in done.stderr

    @pytest.mark.parametrize(
        ("form", "start"), [("mermaid", "flowchart TD\n"), ("dot", 'digraph "disk-full" {\n'), ("svg", "<svg xmlns=")]
    )
    def test_a_graph(self, form: str, start: str, place: Place) -> None:
        done = place.run("show", "disk", "--format", form)

        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith(start)
        assert "Empty the logs" in done.stdout

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("dsk",), "there is no playbook 'dsk' here or in playbooks/\n  Did you mean 'disk'?"),
            (("disk", "-i", "prd"), "there is no inventory 'prd' in inventories/\n  Did you mean 'prod'?"),
            (("disk", "--host", "one"), "--host needs an inventory\n  Add -i INVENTORY."),
            (
                ("disk", "-i", "prod", "--host", "oen"),
                "there is no host 'oen' in inventories/prod\n  Did you mean 'one'?",
            ),
            (("disk", "--format", "pdf"), "'pdf' is not one of 'markdown', 'mermaid', 'dot', 'svg'"),
        ],
    )
    def test_what_is_not_there(self, arguments: tuple[str, ...], said: str, place: Place) -> None:
        done = place.run("show", *arguments)

        assert (done.returncode, done.stdout) == (2, "")
        assert said in done.stderr

    def test_a_playbook_with_mistakes(self, place: Place) -> None:
        place.write("playbooks/bad.yml", "runbook: v1\nname: bad\n")

        done = place.run("show", "bad")

        assert (done.returncode, done.stdout) == (2, "")
        assert "playbooks/bad.yml:1:1: error[missing-key]" in done.stderr

    def test_a_reader_that_goes_away(self, place: Place) -> None:
        done = subprocess.run(
            ["sh", "-c", f"{RUNBOOK} show disk | head -n 1"],
            cwd=place.folder,
            env=place.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

        assert (done.stdout, done.stderr) == ("# A disk runs full\n", "")

    @pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
    def test_a_stream_that_cannot_show_everything(self, encoding: str, place: Place) -> None:
        place.write(
            "playbooks/cn.yml",
            "runbook: v1\nname: cn\nversion: 1.0.0\ntitle: 磁盘\nhealth: [{check: 空间, local: x}]\n",
        )

        done = place.run("show", "cn", environment={"PYTHONIOENCODING": encoding})

        assert done.returncode == 0
        assert "# \\u78c1\\u76d8" in done.stdout


def on_a_terminal(place: Place, *arguments: str, columns: int = 80, **environment: str) -> str:
    """Run the command on a pseudo-terminal and return what it wrote there."""
    keeper, terminal = pty.openpty()
    process = subprocess.Popen(
        [RUNBOOK, *arguments],
        cwd=place.folder,
        env={**place.environment, "COLUMNS": str(columns), "TERM": "xterm-256color", **environment},
        stdin=terminal,
        stdout=terminal,
        stderr=subprocess.STDOUT,
    )
    os.close(terminal)
    written = b""
    try:
        while chunk := os.read(keeper, 65536):
            written += chunk
    except OSError:  # the other end is closed: all has been read
        pass
    os.close(keeper)
    assert process.wait(timeout=60) == 0
    return written.decode().replace("\r\n", "\n")


class TestOnATerminal:
    @pytest.mark.parametrize("columns", [60, 80, 140])
    def test_it_is_drawn(self, columns: int, place: Place) -> None:
        plain = ESCAPES.sub("", on_a_terminal(place, "show", "disk", "-i", "prod", columns=columns))
        prose = [line for line in plain.splitlines() if not line.startswith(("curl", "df", "echo"))]

        assert "# A disk" not in plain
        assert "\n2. Change: Empty the logs\n" in plain
        assert max(map(display_width, prose)) <= columns

    def test_a_command_is_on_one_line_without_blanks_around_it(self, place: Place) -> None:
        """Whoever copies it gets the command and nothing else."""
        command = "echo " + "0123456789 " * 12 + "end"
        place.write(
            "playbooks/long.yml",
            f"runbook: v1\nname: long\nversion: 1.0.0\ntitle: T\nhosts: all\nsteps: [{{check: C, ssh: {command}}}]\n",
        )

        lines = ESCAPES.sub("", on_a_terminal(place, "show", "long")).splitlines()

        assert command in lines

    def test_without_colours(self, place: Place) -> None:
        written = on_a_terminal(place, "show", "disk", NO_COLOR="1")

        assert re.findall(r"\x1b\[[0-9;]*3[0-7][0-9;]*m", written) == []

    def test_a_terminal_that_can_do_nothing(self, place: Place) -> None:
        assert on_a_terminal(place, "show", "disk", TERM="dumb").startswith("# A disk runs full\n")


class TestNew:
    def test_what_it_writes_lints_clean(self, place: Place) -> None:
        done = place.run("new", "queue-full")

        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith(
            "Wrote playbooks/queue-full.yml and playbooks/rehearsals/queue-full.yml. Next:\n"
        )
        assert place.run("lint", "queue-full").stdout == "1 playbook, no problems\n"
        assert place.run("lint", "queue-full", "-i", "prod").stdout == "1 playbook, no problems\n"
        assert place.run("play", "queue-full", "-i", "prod", "--plan").returncode == 0
        assert place.run("lint", "playbooks/rehearsals").stdout == "1 rehearsal, no problems\n"
        assert "### 3. Decide: Where is the fault?" in place.run("show", "queue-full").stdout

    def test_its_rehearsal_takes_every_road(self, place: Place) -> None:
        place.run("new", "queue-full")

        done = place.run("test", "queue-full", "--fail-under", "100", "-v")

        assert (done.returncode, done.stderr) == (0, "")
        assert (
            "queue-full               branch edges 3 of 3, steps 7 of 7, on_failure 1 of 2, undo 1 of 1"
            in done.stdout
        )
        assert done.stdout.endswith("\n5 scenarios in 1 file: 5 passed\n")

    def test_a_rehearsal_that_is_there_stays(self, place: Place) -> None:
        mine = place.write("playbooks/rehearsals/queue-full.yml", "mine\n")

        assert place.run("new", "queue-full").stdout.startswith("Wrote playbooks/queue-full.yml. Next:\n")
        assert mine.read_text(encoding="utf-8") == "mine\n"

    def test_it_uses_what_a_playbook_is_made_of(self, place: Place) -> None:
        place.run("new", "queue-full")
        text = (place.folder / "playbooks" / "queue-full.yml").read_text(encoding="utf-8")
        first, *_ = text.splitlines()

        assert first == "# yaml-language-server: $schema=../schemas/playbook.v1.json"
        for word in ("symptoms:", "prevention:", "inputs:", "health:", "- check:", "- branch:", "else:", "- mitigate:",
                     "undo:", "- verify:", "- escalate:"):  # fmt: skip
            assert f"\n{word}" in text or f" {word}" in text

    @pytest.mark.parametrize("name", ["404", "null", "true", "1e5", "a-1"])
    def test_names_that_look_like_something_else(self, name: str, place: Place) -> None:
        place.run("new", name)

        assert place.run("lint", name).stdout == "1 playbook, no problems\n"

    @pytest.mark.parametrize(
        "title", ["数据库: 连接 # 数", '"quoted"', "- dash", "yes", "It's 5 % full", "a\\b", "~"]
    )
    def test_titles(self, title: str, place: Place) -> None:
        place.run("new", "x", "--title", title)

        assert place.run("lint", "x").stdout == "1 playbook, no problems\n"
        assert place.run("show", "x", "--format", "svg").stdout.count("<title") == 1
        assert (
            json.loads(place.run("play", "x", "-i", "prod", "--plan", "-o", "json").stdout)["playbook"]["name"] == "x"
        )

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("Queue Full",), "'Queue Full' is no name for a playbook: write lower-case words joined by hyphens\n  How about 'queue-full'?"),
            (("../x",), "How about 'x'?"),
            (("x.yml",), "How about 'x'?"),
            (("--", "-x"), "How about 'x'?"),
            (("",), "For example: disk-full."),
            (("满",), "For example: disk-full."),
            (("disk",), "playbooks/disk.yml is there already\n  Choose another name, or edit that file."),
            (("x", "--title", " "), "--title: the title is empty"),
            (("x", "--title", "a\nb"), "--title: write one line of text, without control characters"),
            (("x", "--title", "\x1b[2J"), "--title: write one line of text, without control characters"),
            (("x", "--title", "{{ a }}"), "--title: '{{' has no meaning in a title"),
            (("x", "--dir", "playbooks/disk.yml"), "the folder playbooks/disk.yml cannot be made: File exists"),
        ],
    )  # fmt: skip
    def test_what_cannot_be(self, arguments: tuple[str, ...], said: str, place: Place) -> None:
        before = sorted(place.folder.rglob("*"))

        done = place.run("new", *arguments)

        assert (done.returncode, done.stdout) == (2, "")
        assert said in done.stderr
        assert sorted(place.folder.rglob("*")) == before

    def test_elsewhere(self, place: Place) -> None:
        done = place.run("new", "x", "--dir", "teams/db")

        assert done.stdout.startswith("Wrote teams/db/x.yml and teams/db/rehearsals/x.yml. Next:\n")
        assert place.run("lint", "teams/db/x.yml").returncode == 0

    def test_the_settings_say_where(self, place: Place) -> None:
        place.write("runbook.toml", 'playbooks = "books"\n')

        assert place.run("new", "x").stdout.startswith("Wrote books/x.yml and books/rehearsals/x.yml.")

    def test_an_editor_finds_the_schema(self, place: Place) -> None:
        """Where there is none, the last line says how to get it."""
        last = place.run("new", "x").stdout.splitlines()[-1]
        asked = last.partition("editor")[2].replace("runbook", str(RUNBOOK))
        subprocess.run(["sh", "-c", asked], cwd=place.folder, check=True, timeout=60)
        first = (place.folder / "playbooks" / "x.yml").read_text(encoding="utf-8").splitlines()[0]

        assert (place.folder / "playbooks" / first.partition("$schema=")[2]).resolve().read_text(
            encoding="utf-8"
        ) == schema_text("playbook.v1")
        assert "schema" not in place.run("new", "y").stdout


def _names() -> list[str]:
    return sorted({file.name.split(".")[0] for file in data_path("schemas").glob("*.json")})


class TestSchema:
    @pytest.mark.parametrize("name", ["playbook", "environment", "translation"])
    def test_it_is_the_schema(self, name: str, place: Place) -> None:
        done = place.run("schema", name)

        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == schema_text(f"{name}.v1")
        assert json.loads(done.stdout)["$id"] == f"urn:runbook:schema:{name}:v1"

    def test_that_of_playbooks_when_nothing_is_said(self, place: Place) -> None:
        assert place.run("schema").stdout == place.run("schema", "playbook").stdout

    def test_a_list(self, place: Place) -> None:
        lines = place.run("schema", "--list").stdout.splitlines()

        assert [line.split()[0] for line in lines] == _names()
        assert len({len(line) - len(line.split(maxsplit=1)[1]) for line in lines}) == 1
        assert [line.split(maxsplit=1)[1] for line in lines if line.startswith("playbook ")] == [
            "Playbook, version 1 of the language"
        ]

    @pytest.mark.parametrize(
        ("name", "hint"), [("playbok", "Did you mean 'playbook'?"), ("zebra", f"There are: {', '.join(_names())}.")]
    )
    def test_what_is_not_there(self, name: str, hint: str, place: Place) -> None:
        done = place.run("schema", name)

        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == f"runbook: there is no schema '{name}'\n  {hint}\n"
