"""The stand-ins of a host show what is there: files, processes and sockets, and nobody else's."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from playbook_engine.sandbox.host import database, install
from playbook_engine.sandbox.host.machine import MIB, Machine

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc, which Linux has")
Run = Callable[[str], "subprocess.CompletedProcess[str]"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "it's a host"
    (folder / "var" / "log").mkdir(parents=True)
    Machine().write(folder)
    install.install(folder)
    return folder


@pytest.fixture
def run(home: Path) -> Run:
    environment = {"PATH": f"{home / install.BIN}:{os.defpath}", "LC_ALL": "C"}
    return lambda line: subprocess.run(
        ["/bin/sh", "-c", line], cwd=home, env=environment, capture_output=True, text=True, check=False, timeout=30
    )


@pytest.fixture
def app(home: Path) -> Iterator["subprocess.Popen[str]"]:
    """Return a process of the host that listens and has some memory."""
    program = (
        "import socket,sys; kept=b'x'*20_000_000; s=socket.create_server(('127.0.0.1',0));"
        "print(s.getsockname()[1],flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-S", "-c", program, "run.py"]
    with subprocess.Popen(command, cwd=home, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def _size(path: Path, size: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.truncate(size)


def test_a_disk_is_as_full_as_its_files_make_it(run: Run, home: Path) -> None:
    assert run("df -P /var | awk 'NR == 2 {print $5}'").stdout == "0%\n"
    _size(home / "var" / "crash" / "core", 60 * MIB)
    assert run("df -P | awk 'NR > 1 {print $5, $6}'").stdout == "1% /\n94% /var\n"
    assert run("df -h var/log | tail -n 1").stdout.split() == ["/dev/vdb1", "64M", "60M", "4M", "94%", "/var"]
    assert run("df --output=pcent,target /var").stdout.split() == ["Use%", "Mounted", "on", "94%", "/var"]
    missing = run("df /nowhere")
    assert (missing.returncode, "No such file" in missing.stderr) == (1, True)
    assert run("df -Z").returncode == 1
    (home / "var" / "crash" / "core").unlink()
    assert run("df -P /var | awk 'NR == 2 {print $5}'").stdout == "0%\n"


def test_processes_of_the_host_are_shown_and_no_others(run: Run, app: "subprocess.Popen[str]") -> None:
    assert app.stdout is not None
    app.stdout.readline()
    assert run(r"pgrep -f 'python.*run\.py'").stdout == f"{app.pid}\n"
    assert run("pgrep -c -f run[.]py").stdout == "1\n"
    assert run("pgrep -f no-such-[p]rogram").returncode == 1
    listed = run("ps -A -o pid=,ppid=,args=").stdout
    assert f"{app.pid} " in listed
    assert "pytest" not in listed
    assert "sandbox.host" not in listed
    assert "run.py" in run("ps aux | grep -v grep | grep python").stdout
    heads, row = run(f"ps -p {app.pid} -o pid,vsz,rss,pcpu,pmem,etime,nlwp").stdout.splitlines()
    assert heads.split() == ["PID", "VSZ", "RSS", "%CPU", "%MEM", "ELAPSED", "NLWP"]
    assert int(row.split()[2]) > 19_000
    assert run("ps -p 1").returncode == 1
    assert run("ps -o nonsense").returncode == 1
    assert run(f"pmap -x {app.pid} | tail -n 1").stdout.startswith("total kB")


def test_memory_in_use_is_that_of_the_system_and_of_the_processes(run: Run, app: "subprocess.Popen[str]") -> None:
    assert app.stdout is not None
    app.stdout.readline()
    total, used, left = map(int, run("free -m | awk 'NR == 2 {print $2, $3, $4}'").stdout.split())
    assert total == 128
    assert 48 + 19 < used < 48 + 40
    assert abs(total - used - left) <= 1
    assert run("free --nonsense").returncode == 1


def test_top_has_its_line_of_processors_and_its_processes(run: Run, app: "subprocess.Popen[str]") -> None:
    assert app.stdout is not None
    app.stdout.readline()
    shown = run(f"top -bn1 -p {app.pid}").stdout
    assert float(run("top -bn1 | grep 'Cpu(s)' | awk '{print $2}'").stdout) >= 0
    assert f"{app.pid} " in shown
    assert "MiB Mem :    128.0 total" in shown
    assert run("top -b -H -d 1 -n 2 | grep -c '%Cpu(s)'").stdout == "2\n"


def test_ports_are_those_of_the_processes_and_those_that_lead_to_them(
    run: Run, home: Path, app: "subprocess.Popen[str]"
) -> None:
    assert app.stdout is not None
    port = int(app.stdout.readline())
    assert f"pid={app.pid}" in run(f"ss -tlnp | grep ':{port} '").stdout
    with socket.create_server(("127.0.0.1", 0)) as other:
        number = other.getsockname()[1]
        assert f":{number}" not in run("ss -tln").stdout
        Machine(ports=[number]).write(home)
        assert f"127.0.0.1:{number}" in run("ss -tulpn | awk '$2 == \"LISTEN\" {print $5}'").stdout
        shown = run("netstat -tlnp | awk '$6 == \"LISTEN\" {print $4, $7}'").stdout.splitlines()
        assert {f"127.0.0.1:{number} -", f"127.0.0.1:{port} {app.pid}/python"} == set(shown)
    Machine(ports=[port]).write(home)
    with socket.create_connection(("127.0.0.1", port)):
        assert "ESTAB" in run(f"ss -tan | grep ':{port} '").stdout
        assert "LISTEN" not in run("ss -tn").stdout


def test_the_database_answers_sql_from_its_file(run: Run, home: Path) -> None:
    count = (
        "SELECT json_build_object('taken', count(*), 'most', current_setting('max_connections')::int) "
        "FROM pg_stat_activity WHERE backend_type = 'client backend';"
    )
    assert run('psql -XAtqw postgresql://x/y -c "SELECT 1;"').returncode == 2
    data = home / database.DATA
    data.parent.mkdir(parents=True)
    data.write_text(json.dumps(database.START))
    assert run('psql -XAtqw postgresql://x/y -c "SELECT 1;"').stdout == "1\n"
    assert json.loads(run(f'psql -XAtqw postgresql://x/y -c "{count}"').stdout) == {"taken": 3, "most": 60}
    assert run('psql -XAtqw u -c "SELECT version();"').stdout.startswith("PostgreSQL 15.4")
    assert "no such table" in run('psql -XAtqw u -c "SELECT * FROM users;"').stderr
