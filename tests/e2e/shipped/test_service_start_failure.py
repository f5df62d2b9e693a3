"""`service-start-failure` on real hosts with a real folder of the API."""

import pytest
from playing_parts import Parts
from scripted_web import Answer
from services_well import HEALTH

pytestmark = pytest.mark.sshd

FILLED = (
    "SUPABASE_URL=https://gymbro.supabase.co\nSUPABASE_SERVICE_KEY='s3rvice-k3y-418'\nexport AI_API_KEY=\"sk-9917\"\n"
)


def test_an_api_that_answers_is_well(embedded: Parts) -> None:
    assert embedded.play("service-start-failure").verdict == "healthy"


def test_a_missing_env_file_is_copied_from_the_template(embedded: Parts) -> None:
    embedded.api.says(HEALTH, Answer(status=502), Answer(status=200))
    folder = embedded.app_dir("api-2")
    for host in embedded.hosts:
        (embedded.app_dir(host) / ".env").write_text(FILLED)
    (folder / ".env").unlink()
    (folder / ".env.example").write_text(FILLED)

    played = embedded.play("service-start-failure")

    assert (played.code, played.verdict) == (0, "resolved"), played.screen
    assert played.outcomes["settings"] == "ok"
    assert (folder / ".env").read_text() == FILLED
    assert (folder / ".env").stat().st_mode & 0o077 == 0
    assert embedded.workloads is not None
    assert embedded.workloads.restarted()
    played.hides("s3rvice-k3y-418", "sk-9917")


def test_a_copy_that_goes_wrong_is_taken_back(parts: Parts) -> None:
    """The copying fails after it has written the file: the file goes, nothing is restarted, and people are told."""
    parts.variables["platform"] = "systemd"
    parts.tools.put("cp", 'cat "$1" > "$2"; exit 1')
    parts.tools.put("journalctl", "echo 'api-1 python[1]: CRITICAL missing required settings: AI_API_KEY'")
    parts.api.says(HEALTH, Answer(status=502))
    for host in parts.hosts:
        (parts.app_dir(host) / ".env.example").write_text(FILLED)
        (parts.app_dir(host) / ".env").unlink()

    played = parts.play("service-start-failure")

    assert (played.code, played.verdict) == (1, "unresolved"), played.screen
    assert played.outcomes["unit_log"] == "failed"
    assert played.undone == ["Copy .env.example to .env"]
    assert not any((parts.app_dir(host) / ".env").exists() for host in parts.hosts)
    assert played.told == ["tech_manager"]


def test_values_of_the_template_are_no_values(parts: Parts) -> None:
    """Somebody has to fill them in, and nobody is there to say so: the names are shown, and people are told."""
    parts.variables["platform"] = "docker"
    parts.tools.put("docker", "true")
    parts.api.says(HEALTH, Answer(status=502))
    (parts.app_dir("api-1") / ".env").write_text("SUPABASE_URL=\n")
    (parts.app_dir("api-2") / ".env").write_text(FILLED.replace("s3rvice-k3y-418", "your-service-key"))

    played = parts.play("service-start-failure")

    assert (played.code, played.verdict) == (1, "unresolved"), played.screen
    assert (played.outcomes["fill"], played.told) == ("error", ["tech_manager"])
    assert played.output("settings", target="api-1") == "SUPABASE_URL\nSUPABASE_SERVICE_KEY\nAI_API_KEY\n"
    assert played.output("filled", target="api-2") == "SUPABASE_SERVICE_KEY\n"


def test_a_complete_configuration_is_not_the_cause(embedded: Parts) -> None:
    embedded.api.says(HEALTH, Answer(status=502))
    for host in embedded.hosts:
        (embedded.app_dir(host) / ".env").write_text(FILLED)

    played = embedded.play("service-start-failure")

    assert (played.code, played.verdict) == (1, "unresolved"), played.screen
    assert played.taken["What keeps the API from starting?"] == "else"
    assert played.changed == []
    assert played.told == ["secondary_oncall", "tech_manager"]
