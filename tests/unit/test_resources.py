"""Files that travel with the program."""

import subprocess
import sys
from pathlib import Path

import pytest

from playbook_engine import resources


def test_the_repository_s_own_folder_serves_while_developing() -> None:
    assert resources.data_path("schemas") == Path(__file__).parents[2] / "schemas"
    assert '"$schema"' in resources.schema_text("playbook.v1")


def test_an_installed_package_has_its_own_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data" / "schemas").mkdir(parents=True)
    (tmp_path / "data" / "schemas" / "x.json").write_text("{}", encoding="utf-8")
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path)

    assert resources.schema_text("x") == "{}"


def test_a_valid_playbook_is_checked_without_jsonschema() -> None:
    program = (
        "import sys\n"
        "from playbook_engine.diagnostics import Problems, Source\n"
        "from playbook_engine.language import reader, schema\n"
        "problems = Problems()\n"
        'text = "runbook: v1\\nname: x\\nversion: 1.0.0\\ntitle: T\\nsteps: [{verify: a}]"\n'
        "document = reader.read(Source('f', text), problems)\n"
        "schema.check(document, 'playbook.v1', problems)\n"
        "print(problems.has_errors, 'jsonschema' in sys.modules)\n"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "False False\n"
