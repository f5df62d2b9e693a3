"""`supabase-outage` on real hosts, a cluster and web services."""

import pytest
from playing_parts import Parts
from scripted_web import Answer
from services_well import HEALTH, REST, STATUS

pytestmark = pytest.mark.sshd


def settled(parts: Parts) -> None:
    """Give each host's .env the project and the key that we hold."""
    key = parts.secrets["SUPABASE_SERVICE_KEY"]
    for host in parts.hosts:
        with (parts.app_dir(host) / ".env").open("a", encoding="utf-8") as file:
            file.write(f"SUPABASE_PROJECT_ID=gymbro\nexport SUPABASE_SERVICE_ROLE_KEY='{key}'\n")


def well_when(parts: Parts, setting: str) -> None:
    """Have the API be well as soon as a line stands in every host's .env."""
    files = [parts.app_dir(host) / ".env" for host in parts.hosts]

    def health(_: object) -> Answer:
        there = all(setting in file.read_text(encoding="utf-8").splitlines() for file in files)
        return Answer(status=200 if there else 503)

    parts.api.says(HEALTH, health)


def away(parts: Parts) -> None:
    parts.supabase.says(REST, Answer(status=503))
    parts.supabase.says(STATUS, Answer(json={"page": {}, "status": {"indicator": "major", "description": "Outage"}}))


def test_all_is_well(parts: Parts) -> None:
    played = parts.play("supabase-outage")
    assert (played.code, played.verdict) == (0, "healthy"), played.screen


def test_pods_without_the_project_get_it_again(embedded: Parts) -> None:
    """The settings are looked at in a pod, and no value is shown; what was missing is set, and the pods roll out."""
    embedded.api.says(HEALTH, Answer(status=503), Answer(status=200))
    played = embedded.play("supabase-outage")
    assert (played.code, played.verdict) == (0, "resolved"), played.screen
    assert (played.outcomes["pod_settings"], played.outcomes["host_settings"]) == ("failed", "skipped")
    assert embedded.workloads is not None
    assert embedded.workloads.variables()["SUPABASE_SERVICE_ROLE_KEY"] == embedded.secrets["SUPABASE_SERVICE_KEY"]
    played.hides(*embedded.secrets.values())
    again = embedded.play("supabase-outage")
    assert again.verdict == "healthy"


def test_containers_switch_to_the_backup_project(parts: Parts) -> None:
    settled(parts)
    away(parts)
    well_when(parts, "SUPABASE_PROJECT_ID=gymbro-backup")
    parts.variables["platform"] = "docker"
    parts.tools.put("docker", "exit 0")

    played = parts.play("supabase-outage", given={"backup_project": "gymbro-backup"})

    assert (played.code, played.verdict) == (0, "resolved"), played.screen
    expected = {"provider": "failed", "host_settings": "ok", "backup_host": "ok", "fallback_host": "skipped"}
    assert expected.items() <= played.outcomes.items()
    assert played.told == ["secondary_oncall"]
    lines = (parts.app_dir("api-2") / ".env").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if "PROJECT_ID" in line] == ["SUPABASE_PROJECT_ID=gymbro-backup"]
    played.hides(*parts.secrets.values())


def test_a_host_whose_container_does_not_start_is_put_back(parts: Parts) -> None:
    settled(parts)
    away(parts)
    parts.variables["platform"] = "docker"
    parts.tools.put("docker", "echo 'Error response from daemon: No such container: gymbro-api' >&2; exit 1")
    before = (parts.app_dir() / ".env").read_text(encoding="utf-8")

    played = parts.play("supabase-outage")

    assert (played.code, played.verdict) == (1, "unresolved"), played.screen
    assert played.changed == ["Let sign-in on the hosts run in fallback mode, and restart"]
    assert (parts.app_dir() / ".env").read_text(encoding="utf-8") == before
    assert played.told == ["tech_manager"]
