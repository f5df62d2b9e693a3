"""`high-memory` on real hosts: a process that grows, a cluster, stand-ins for docker and systemctl."""

import pytest
from playing_parts import Parts

pytestmark = pytest.mark.sshd

FREE = """\
cat <<'END'
               total        used        free      shared  buff/cache   available
Mem:            1000         {used}         100           0         100         100
END"""


def test_a_host_with_memory_to_spare_is_well(embedded: Parts) -> None:
    embedded.tools.put("free", FREE.format(used=453))
    embedded.start_app()

    played = embedded.play("high-memory")

    assert (played.code, played.verdict) == (0, "healthy"), played.screen
    assert played.output("memory", target="api-1") == "45.3%\n"
    assert int(played.output("held", target="api-1")) > 1000


def test_a_process_that_grows_is_restarted(embedded: Parts) -> None:
    """Five real samples of a real process; the host is short of memory until the deployment is restarted."""
    seen = embedded.folder / "seen"
    embedded.tools.put("free", f"test -e {seen} && used=453 || used=921; echo x >> {seen}2\n" + _free_by("$used"))
    embedded.tools.put("tail", f': > {seen}; exec /usr/bin/tail "$@"')
    embedded.start_app("api-1", grows=5_000_000)
    embedded.tools.put("sleep", f': > {seen}; exec /bin/sleep "$@"')

    played = embedded.play("high-memory", given={"sample_every": 1})

    assert (played.code, played.verdict) == (0, "resolved"), played.screen
    samples = [int(line) for line in played.output("trend", target="api-1").split()]
    assert len(samples) == 5
    assert samples[-1] > samples[0] * 1.1
    assert played.taken["What fills the memory?"] == "case 2"
    assert embedded.workloads is not None
    assert embedded.workloads.restarted()


def test_without_procps_the_kernel_is_asked(embedded: Parts) -> None:
    """No free, no ps: the same answers from /proc, and what else takes the memory is named."""
    embedded.tools.without("free", "ps", "pgrep", "top")
    app = embedded.start_app()

    played = embedded.play("high-memory", given={"sample_every": 1, "memory_percent": 1})

    assert (played.code, played.verdict) == (1, "unresolved"), played.screen
    assert played.output("memory", target="api-1").endswith("%\n")
    assert int(played.output("held", target="api-1")) > 1000
    assert played.output("processes", target="api-1").startswith(f"{app.pid} ")
    assert played.output("children", target="api-1") == "0\n"
    assert played.taken["What fills the memory?"] == "else"
    assert len(played.output("others", target="api-2").splitlines()) == 5
    assert played.told == ["secondary_oncall", "tech_manager"]
    assert len(embedded.told()) == 2


def test_containers_are_restarted_one_after_the_other(parts: Parts) -> None:
    parts.variables["platform"] = "docker"
    restarted = parts.folder / "restarted"
    parts.tools.put("free", f"test -e {restarted} && used=453 || used=921\n" + _free_by("$used"))
    parts.tools.put(
        "docker",
        'case "$1" in\n'
        "stats) echo 'NAME  CPU %  MEM USAGE / LIMIT  MEM %'; echo 'gymbro-api  0.50%  990MiB / 1GiB  96.70%';;\n"
        f'restart) echo "$2" >> {restarted};;\n'
        "esac",
    )
    parts.start_app()

    played = parts.play("high-memory", given={"sample_every": 1})

    assert (played.code, played.verdict) == (0, "resolved"), played.screen
    assert played.outcomes["docker_memory"] == "failed"
    assert restarted.read_text() == "gymbro-api\n" * 2


def _free_by(used: str) -> str:
    return f"cat <<END\n               total        used\nMem:            1000         {used}\nEND"
