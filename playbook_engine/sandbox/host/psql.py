"""`psql -c SQL`: the demo's database, as far as its own views tell of it: version, connections, statements.

The SQL is carried out by SQLite on tables of these names, which a file of the host fills; without the file nobody is
there. It is no PostgreSQL: what SQLite does not understand is an error, as it would be there.
"""

import getopt
import json
import re
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path

from playbook_engine.sandbox.host import machine
from playbook_engine.sandbox.host.database import DATA

_VERSION = "PostgreSQL 15.4 (a stand-in of the demo)"
_SETTINGS = {"max_connections": "60", "server_version": "15.4"}
_CAST = re.compile(r"::\s*\w+")


def main(arguments: Sequence[str]) -> int:
    try:
        options, _ = getopt.gnu_getopt(list(arguments), "XAtqwnc:v:d:P:F:", ["no-psqlrc", "command="])
    except getopt.GetoptError as problem:
        print(f"psql: this stand-in cannot do that: {problem}", file=sys.stderr)  # noqa: T201 a program prints
        return 1
    folder, _ = machine.here()
    data = folder / DATA
    if not data.exists():
        print("psql: error: connection to server failed: Connection refused", file=sys.stderr)  # noqa: T201 as above
        return 2
    try:
        for name, text in options:
            if name in {"-c", "--command"}:
                _carry_out(data, text)
    except sqlite3.Error as problem:
        print(f"ERROR:  {problem}", file=sys.stderr)  # noqa: T201 a program prints
        return 1
    return 0


def _carry_out(data: Path, text: str) -> None:
    connection = sqlite3.connect(":memory:")
    connection.create_function("version", 0, lambda: _VERSION)
    connection.create_function("current_setting", 1, _SETTINGS.get)
    connection.create_function("json_build_object", -1, _json_object)
    for table, rows in json.loads(data.read_text(encoding="utf-8")).items():
        columns = list(rows[0])
        connection.execute(f"CREATE TABLE {table} ({', '.join(columns)})")
        marks = ", ".join("?" * len(columns))
        values = [tuple(row.values()) for row in rows]
        connection.executemany(f"INSERT INTO {table} VALUES ({marks})", values)  # noqa: S608 names of our own file
    for row in connection.execute(_CAST.sub("", text)):
        print("|".join("" if value is None else str(value) for value in row))  # noqa: T201 a program prints
    connection.close()


def _json_object(*parts: object) -> str:
    names, values = parts[::2], parts[1::2]
    numbers = [int(value) if isinstance(value, str) and value.isdecimal() else value for value in values]
    return json.dumps(dict(zip(map(str, names), numbers, strict=True)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
