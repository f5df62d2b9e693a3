"""The demo's database service: projects behind a REST interface, and the page that says how the service is."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus

from playbook_engine.sandbox.web import Reply, Request, WebServer, json_reply

MAIN, BACKUP = "gymbro-main", "gymbro-backup"
_LATENCY = 0.02
_ROWS = [{"id": number, "title": f"Workout {number}"} for number in range(1, 4)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """How a project answers: with a status of its own, late, or with an error for some tables only."""

    status: int = HTTPStatus.OK
    delay: float = _LATENCY
    broken_tables: frozenset[str] = frozenset()


class Supabase:
    """Serves its projects from `start` to `close`, each as well as its condition lets it."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._server = WebServer(self._answer)
        self._conditions: Mapping[str, Condition] = dict.fromkeys((MAIN, BACKUP), Condition())
        self._mended = threading.Event()

    @property
    def url(self) -> str:
        """Return the address of the main project."""
        return f"{self._server.url}/{MAIN}"

    @property
    def status_url(self) -> str:
        return f"{self._server.url}/status/api/v2/status.json"

    def start(self) -> None:
        self._server.start()

    def close(self) -> None:
        self._mended.set()
        self._server.close()

    def suffer(self, **conditions: Condition) -> None:
        """Have these conditions and no others, by `main` and `backup`; requests that were kept waiting are let go."""
        self._mended.set()
        self._mended = threading.Event()
        self._conditions = {
            MAIN: conditions.get("main", Condition()),
            BACKUP: conditions.get("backup", Condition()),
        }

    def _answer(self, request: Request) -> Reply:
        match request.path.strip("/").split("/"):
            case ["status", "api", "v2", "status.json"]:
                return json_reply(HTTPStatus.OK, self._status())
            case [project, "rest", "v1", *rest] if project in self._conditions and len(rest) <= 1:
                return self._rest(request, self._conditions[project], "".join(rest))
            case _:
                return json_reply(HTTPStatus.NOT_FOUND, {"message": "no such project"})

    def _rest(self, request: Request, condition: Condition, table: str) -> Reply:
        self._mended.wait(condition.delay)
        if condition.status != HTTPStatus.OK:
            return json_reply(condition.status, {"message": "upstream connect error", "code": "PGRST002"})
        if request.headers.get("apikey") != self._key:
            return json_reply(HTTPStatus.UNAUTHORIZED, {"message": "Invalid API key"})
        if table in condition.broken_tables:
            return json_reply(HTTPStatus.INTERNAL_SERVER_ERROR, {"message": "relation is locked", "code": "55P03"})
        if request.method == "POST":
            return json_reply(HTTPStatus.CREATED, [])
        if not table:
            return json_reply(HTTPStatus.OK, {"swagger": "2.0", "info": {"title": "PostgREST"}})
        return json_reply(HTTPStatus.OK, _ROWS)

    def _status(self) -> dict[str, object]:
        well = all(replace(one, delay=_LATENCY) == Condition() for one in self._conditions.values())
        words = "All Systems Operational" if well else "Partial System Outage"
        return {
            "page": {"name": "Supabase", "time_zone": "Etc/UTC"},
            "status": {"indicator": "none" if well else "major", "description": words},
        }
