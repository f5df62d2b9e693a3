"""`database-diagnosis` on a real PostgreSQL, asked through psql on a host."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import postgres
import pytest
from playing_parts import Parts
from postgres import Postgres

pytestmark = pytest.mark.sshd

BUSY = "select pg_sleep(60) /* busy */"


@contextmanager
def busy(database: Postgres) -> Iterator["subprocess.Popen[str]"]:
    """Have a statement run on and on in a connection of its own."""
    process = database.start(BUSY)
    try:
        database.wait_for("select count(*) from pg_stat_activity where query like '%/* busy */' and state = 'active'")
        yield process
    finally:
        process.kill()
        process.wait(10)


def test_a_database_that_is_well(parts: Parts, database: Postgres) -> None:
    database.run("create extension pg_stat_statements")

    played = parts.play("database-diagnosis")

    assert (played.code, played.verdict) == (0, "resolved"), played.screen
    assert played.captured["version.server"].startswith("PostgreSQL ")
    assert played.captured["place.view"] == "public.pg_stat_statements"
    assert played.captured["place.mean"] in {"mean_time", "mean_exec_time"}
    assert (played.outcomes["slow"], played.changed) == ("ok", [])
    played.hides(database.url, postgres.PASSWORD)


def test_no_process_is_told_the_url_or_its_password(parts: Parts, database: Postgres) -> None:
    """Every command line on the host is looked at while the playbook is played."""
    lines = parts.folder / "lines"
    psql = parts.tools.folder / "psql"
    real = psql.readlink()
    parts.tools.put("psql", f'ps -A -ww -o args= >> {lines}; exec {real} "$@"')

    played = parts.play("database-diagnosis")

    seen = lines.read_text(encoding="utf-8")
    assert played.captured["version.server"].startswith("PostgreSQL ")
    assert "psql" in seen
    for secret in (database.url, postgres.PASSWORD, "p%40ss"):
        assert secret not in seen


def test_statistics_are_switched_on_and_read(parts: Parts, database: Postgres) -> None:
    played = parts.play("database-diagnosis")

    assert (played.code, played.changed) == (0, ["Switch on statistics of statements"]), played.screen
    assert played.taken["Are statistics of statements kept?"] == "case 1"
    assert database.run("select count(*) from pg_extension where extname = 'pg_stat_statements'") == "1\n"


def test_statistics_that_cannot_be_read_are_taken_back(parts: Parts) -> None:
    """The library is not loaded: the extension can be made, and its view not be read."""
    if reason := postgres.why_not():
        pytest.skip(reason)
    with postgres.serve(preload="") as bare:
        parts.secrets["DATABASE_URL"] = bare.url
        played = parts.play("database-diagnosis")

        assert played.undone == ["Switch on statistics of statements"], played.screen
        assert bare.run("select count(*) from pg_extension where extname = 'pg_stat_statements'") == "0\n"


def test_slow_statements_are_named_and_told(parts: Parts, database: Postgres) -> None:
    database.run("create extension pg_stat_statements", "select pg_stat_statements_reset()", "select pg_sleep(0.2)")

    played = parts.play("database-diagnosis", given={"slow_ms": 150})

    assert (played.code, played.outcomes["slow"]) == (1, "failed"), played.screen
    assert "pg_sleep" in played.output("slow")
    assert played.told[0] == "secondary_oncall"
    assert "Statements are slow on average" in played.notices


def test_a_server_older_than_13_calls_its_column_otherwise(parts: Parts, database: Postgres) -> None:
    """A view as PostgreSQL 12 has it, in a schema of its own."""
    database.run(
        "create schema statistics",
        "create view statistics.pg_stat_statements as"
        " select 'select old'::text as query, 9000.0::float8 as mean_time, 3::int8 as calls",
    )

    played = parts.play("database-diagnosis")

    assert played.captured["place.mean"] == "mean_time"
    assert played.captured["place.view"] == "statistics.pg_stat_statements"
    assert played.outcomes["slow"] == "failed"
    assert "select old" in played.output("slow")


def test_a_statement_that_runs_on_and_on_is_cancelled(parts: Parts, database: Postgres) -> None:
    database.run("create extension pg_stat_statements")
    with busy(database) as process:
        time.sleep(1.1)  # older than one second is what the playbook looks for
        played = parts.play("database-diagnosis", given={"running_s": 1})

        assert (played.code, played.verdict) == (0, "resolved"), played.screen
        assert played.changed == ["Cancel the statements that run on and on"]
        assert "canceling statement due to user request" in str(process.communicate(timeout=20)[1])


def test_a_database_that_refuses_leads_to_its_own_playbook(parts: Parts, database: Postgres) -> None:
    parts.secrets["DATABASE_URL"] = database.url_for(password="wrong-password-11")

    played = parts.play("database-diagnosis")

    assert played.code == 1
    assert played.taken["What does the database need?"] == "case 1"
    assert "password authentication failed" in played.notices["The database turns its clients away"]
    assert len(parts.told()) == 2
    played.hides("wrong-password-11")
