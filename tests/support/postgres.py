"""A PostgreSQL server of the test's own: its folder, a port of loopback, an owner with a password."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from openssh import LOOPBACK, free_port

OWNER = "gymbro"
DATABASE = "gymbro"
PASSWORD = "p@ss/w:rd %25 'q\\"
"""Has all that a URL, a shell and a file of settings treat in a way of their own."""
_READY_S = 30.0
_LONG_IDLE = """\
select count(*) from pg_stat_activity where state = 'idle' and now() - state_change > interval '1.1 seconds'
"""


def why_not() -> str | None:
    """Return why there can be no such server here."""
    missing = [name for name in ("initdb", "postgres") if _program(name) is None]
    missing += [] if shutil.which("psql") else ["psql"]
    if missing:
        return f"PostgreSQL's {', '.join(missing)} is not installed: nothing was asked of a real database"
    if os.getuid() == 0 and _account() is None:
        return "PostgreSQL does not run as root, and there is no other account: nothing was asked of a real database"
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    """A running server."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        return self.url_for()

    def url_for(self, *, password: str = PASSWORD, port: int | None = None, query: str = "") -> str:
        """Return a URL as people write it, what is special in it encoded."""
        place = f"{LOOPBACK}:{port or self.port}"
        return f"postgresql://{OWNER}:{quote(password, safe='')}@{place}/{DATABASE}{query}"

    def run(self, *statements: str, database: str = DATABASE) -> str:
        """Run statements as the owner; return what they print."""
        done = _ask(self.port, database, *statements)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, statement: str) -> "subprocess.Popen[str]":
        """Run a statement in a connection of its own, and do not wait for it."""
        command, environment = _psql(self.port, DATABASE)
        return subprocess.Popen(
            [*command, "-c", statement], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    @contextmanager
    def connected(self, clients: int) -> Iterator[None]:
        """Have so many clients connected that do nothing, and have done so for more than a second."""
        command, environment = _psql(self.port, DATABASE)
        processes = [
            subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
            for _ in range(clients)
        ]
        try:
            self.wait_for(_LONG_IDLE, clients)
            yield
        finally:
            for process in processes:
                process.communicate(timeout=10)

    def wait_for(self, statement: str, least: int = 1) -> None:
        """Wait until a statement gives at least this number."""
        deadline = time.monotonic() + 20
        while int(self.run(statement)) < least:
            assert time.monotonic() < deadline, statement
            time.sleep(0.05)

    def fresh(self) -> None:
        """Make the database anew: empty, nobody connected."""
        drop = f"drop database if exists {DATABASE} with (force)"
        self.run(drop, f"create database {DATABASE}", database="postgres")


@contextmanager
def serve(*, preload: str = "pg_stat_statements") -> Iterator[Postgres]:
    """Make a cluster with a database and run it until the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="runbook-postgres-"))
    account = _account() if os.getuid() == 0 else None
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)
    try:
        _initialise(folder, account)
        process, port = _start(folder, account, preload)
        try:
            server = Postgres(folder=folder, port=port)
            server.fresh()
            yield server
        finally:
            process.send_signal(signal.SIGINT)  # a fast shutdown
            process.wait(20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _program(name: str) -> str | None:
    """Return where a server program is; Debian keeps them out of the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    return str(found[-1]) if found else shutil.which(name)


def _account() -> pwd.struct_passwd | None:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


def _initialise(folder: Path, account: pwd.struct_passwd | None) -> None:
    secret = folder / "password"
    secret.write_text(PASSWORD + "\n", encoding="utf-8")
    secret.chmod(0o644)  # the folder is closed; initdb reads it as somebody else
    settings = ["-U", OWNER, "--auth=scram-sha-256", f"--pwfile={secret}", "--no-sync", "-E", "UTF8", "--locale=C"]
    subprocess.run(
        _as([str(_program("initdb")), "-D", str(folder / "data"), *settings], account),
        check=True,
        capture_output=True,
        cwd=folder,
        timeout=100,
    )
    secret.unlink()


def _start(folder: Path, account: pwd.struct_passwd | None, preload: str) -> tuple["subprocess.Popen[bytes]", int]:
    for _ in range(5):  # another process may take the port between the choice and its use
        port = free_port()
        settings = {
            "listen_addresses": LOOPBACK,
            "port": str(port),
            "unix_socket_directories": str(folder),
            "shared_preload_libraries": preload,
            "fsync": "off",
            "max_connections": "30",
            "superuser_reserved_connections": "3",
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with (folder / "server.log").open("wb") as log:
            process = subprocess.Popen(
                _as([str(_program("postgres")), "-D", str(folder / "data"), *options], account),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=folder,
            )
        if _answers(port, process):
            return process, port
        process.kill()
        process.wait(10)
    raise RuntimeError((folder / "server.log").read_text(encoding="utf-8"))


def _as(command: Sequence[str], account: pwd.struct_passwd | None) -> list[str]:
    """Return the command as this account runs it: setpriv comes with every Linux, and adds no process."""
    if account is None:
        return list(command)
    who = [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups", "--pdeathsig=INT"]
    return ["setpriv", *who, *command]


def _answers(port: int, process: "subprocess.Popen[bytes]") -> bool:
    deadline = time.monotonic() + _READY_S
    while time.monotonic() < deadline and process.poll() is None:
        if _ask(port, "postgres", "select 1").returncode == 0:
            return True
        time.sleep(0.05)  # the server has no way to tell us that it is ready
    return False


def _psql(port: int, database: str) -> tuple[list[str], dict[str, str]]:
    who = ["-h", LOOPBACK, "-p", str(port), "-U", OWNER, "-d", database]
    return ["psql", "-XAtqw", "-v", "ON_ERROR_STOP=1", *who], {**os.environ, "PGPASSWORD": PASSWORD}


def _ask(port: int, database: str, *statements: str) -> "subprocess.CompletedProcess[str]":
    command, environment = _psql(port, database)
    asked = [word for statement in statements for word in ("-c", statement)]
    return subprocess.run(
        [*command, *asked], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
