"""`database-connection` on a real PostgreSQL and a scripted Supabase."""

import openssh
import postgres
import pytest
from playing_parts import Parts
from postgres import Postgres
from scripted_web import Answer
from services_well import DB_STATS, REST, STATUS

pytestmark = pytest.mark.sshd

BRANCH = "Where is the fault?"
TURNED_AWAY = "The database turns its clients away"


def test_a_database_that_is_well(parts: Parts, database: Postgres) -> None:
    played = parts.play("database-connection")

    assert (played.code, played.verdict) == (0, "healthy"), played.screen
    played.hides(database.url, postgres.PASSWORD)


@pytest.mark.parametrize("query", ["?sslmode=prefer&application_name=on%20call", ""])
def test_a_url_may_say_how_to_connect(parts: Parts, database: Postgres, query: str) -> None:
    parts.secrets["DATABASE_URL"] = database.url_for(query=query).replace("127.0.0.1", "localhost")

    assert parts.play("database-connection").verdict == "healthy"


def test_a_url_that_asks_for_tls_gets_tls_or_nothing(parts: Parts, database: Postgres) -> None:
    """The server has no certificate: what the URL says about TLS must not get lost on the way."""
    parts.secrets["DATABASE_URL"] = database.url_for(query="?sslmode=require")

    played = parts.play("database-connection")

    assert played.outcomes["database"] == "failed"
    assert "server does not support SSL" in played.output("refusal"), played.screen


def test_a_key_that_is_refused_and_then_replaced_by_a_person(parts: Parts, database: Postgres) -> None:
    """Nobody is at a terminal: the change is not made, and somebody is told."""
    parts.supabase.says(REST, Answer(status=401, json={"message": "Invalid API key"}))

    played = parts.play("database-connection")

    assert played.code == 1
    assert (played.outcomes["rest"], played.taken[BRANCH]) == ("failed", "case 1"), played.screen
    assert played.outcomes["project"] == "ok"
    assert parts.told(), played.screen


def test_an_address_that_is_none_of_supabase(parts: Parts, database: Postgres) -> None:
    parts.supabase.down()

    played = parts.play("database-connection")

    assert (played.verdict, played.outcomes["form"], played.taken[BRANCH]) == ("unknown", "failed", "case 2")
    assert played.told[0] == "secondary_oncall"


def test_supabase_in_trouble_leads_to_its_own_playbook(embedded: Parts, database: Postgres) -> None:
    embedded.supabase.says(REST, Answer(status=503))
    embedded.supabase.says(STATUS, Answer(json={"status": {"indicator": "major", "description": "Outage"}}))

    played = embedded.play("database-connection", "--check", given={"url_form": "http://"})

    assert (played.outcomes["project"], played.taken[BRANCH]) == ("failed", "case 3"), played.screen
    assert any(event["type"] == "play.started" for event in played.events)


def test_idle_connections_are_closed(parts: Parts, database: Postgres) -> None:
    """Most connections are taken, by clients that do nothing."""
    with database.connected(8):
        played = parts.play("database-connection", given={"most_connections": 20, "idle_s": 1})

    assert (played.code, played.verdict) == (0, "resolved"), played.screen
    assert played.changed == ["Close connections that have long been idle"]
    assert (played.outcomes["connections"], played.taken[BRANCH]) == ("failed", "case 4")


def test_a_database_that_does_not_listen(parts: Parts, database: Postgres) -> None:
    parts.secrets["DATABASE_URL"] = database.url_for(port=openssh.free_port())
    parts.api.says(DB_STATS, Answer(json={"pool": {"size": 10, "in_use": 10, "idle": 0, "waiting": 7}}))
    parts.log("api-2").write_text("2025-09-29 14:30:15 ERROR Database connection failed: timeout\n")

    played = parts.play("database-connection")

    assert (played.code, played.taken[BRANCH]) == (1, "else"), played.screen
    assert (played.outcomes["pool"], played.outcomes["log"]) == ("failed", "failed")
    assert "Connection refused" in played.notices[TURNED_AWAY]
    assert "Database connection failed: timeout" in played.output("evidence", target="api-2")


def test_a_host_without_psql(parts: Parts, database: Postgres) -> None:
    parts.tools.without("psql")

    played = parts.play("database-connection")

    assert (played.code, played.outcomes["database"]) == (1, "failed")
    assert "psql" in played.notices[TURNED_AWAY], played.screen
