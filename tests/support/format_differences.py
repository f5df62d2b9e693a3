"""Where the reading of inventories means to differ from Ansible, beyond what the comparison with ansible-core shows.

Each row has an example with the code of the problem that it leads to here; the page is written from these rows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One row of the page, and files that show it: `code` is what is said of them, None when nothing is."""

    what: str
    ansible: str
    ours: str
    why: str
    files: Mapping[str, str | bytes]
    code: str | None
    programs: tuple[str, ...] = field(default=())


def program(said: str) -> str:
    return f"#!/bin/sh\ncat <<'E'\n{said}\nE\n"


_DATA = "what a program prints is data from outside"
_READABLE = "a reviewer has to see what stands in a file"

DIFFERENCES: tuple[Difference, ...] = (
    Difference(
        what="names that a pattern could not mean",
        ansible="takes `-x`, `a b` and `c:22:33` for hosts",
        ours="refuses names that begin with a sign of patterns, or have blanks, brackets or colons in them",
        why="such a host could be neither selected nor excluded",
        files={"hosts": "c:22:33\n"},
        code="invalid-name",
    ),
    Difference(
        what="ports that do not exist",
        ansible="takes any number",
        ours="takes 1 to 65535",
        why="it is a slip, and would only be found when the host is needed",
        files={"hosts": "web:99999\n"},
        code="invalid-connection",
    ),
    Difference(
        what="ranges from small to capital letters",
        ansible="counts `a`–`z`, then `A`–`Z`",
        ours="refuses `web[y:B]`",
        why="nobody means it",
        files={"hosts": "web[y:B]\n"},
        code="invalid-range",
    ),
    Difference(
        what="bytes that are not UTF-8, characters that nobody sees",
        ansible="replaces the first, and takes some of the others for the end of a line",
        ours="refuses them, and shows where they stand; a byte order mark is fine",
        why=_READABLE,
        files={"hosts": b"# caf\xe9\nweb\n"},
        code="not-utf-8",
    ),
    Difference(
        what="inventories in TOML",
        ansible="reads them where Python's library is there",
        ours="refuses them",
        why="nearly nobody has one",
        files={"hosts.toml": "[web.hosts]\n"},
        code="inventory-format",
    ),
    Difference(
        what="YAML tags beyond the usual: `!!set`, `!!omap`, `!!pairs`, `!!binary`",
        ansible="turns sets into lists, and fails to list binary values",
        ours="refuses them",
        why="expressions know lists, mappings, texts and numbers",
        files={"hosts": "w\n", "host_vars/w.yml": "x: !!set {a, b}\n"},
        code="unknown-tag",
    ),
    Difference(
        what="a file of variables that is `false` or `0`",
        ansible="takes it for an empty one",
        ours="refuses it, as it does every value that is no mapping",
        why="it is not what was meant",
        files={"hosts": "w\n", "host_vars/w.yml": "0\n"},
        code="invalid-inventory",
    ),
    Difference(
        what="passwords in clear text",
        ansible="uses `ansible_password`, `ansible_become_password` and their kind",
        ours="refuses them; takes vaulted ones, and `{{ secret.NAME }}` of the environment file",
        why="an inventory is read by more people and programs than may know them",
        files={"hosts": "w ansible_password=x\n"},
        code="password-in-inventory",
    ),
    Difference(
        what="inventories that are encrypted as a whole",
        ansible="decrypts them",
        ours="refuses them; single values and files under `group_vars` and `host_vars` may be encrypted",
        why="names of hosts stand in plans and records",
        files={"hosts": "$ANSIBLE_VAULT;1.1;AES256\n61\n"},
        code="vaulted-value",
    ),
    Difference(
        what="`environment.yml` and `NAME.environment.yml` in a folder",
        ansible="takes them for inventories",
        ours="reads them as environment files",
        why="they are; where the folder has to stay Ansible's own, put the file beside it",
        files={"hosts": "w\n", "environment.yml": "environment: lab\n"},
        code=None,
    ),
    Difference(
        what="`{{ … }}` in what a program prints",
        ansible="evaluates it",
        ours="keeps it as text, and warns",
        why=f"{_DATA}: whoever may set a tag in a cloud must neither run code here nor keep everybody from working",
        files={"hosts": program('{"g": {"hosts": ["w"], "vars": {"x": "{{ y }}"}}, "_meta": {"hostvars": {}}}')},
        code="template-in-variable",
        programs=("hosts",),
    ),
    Difference(
        what="JSON that is not quite JSON",
        ansible="takes `NaN`; of a key that is there twice the last one counts; a text of children is taken apart",
        ours="refuses all three",
        why=_DATA,
        files={"hosts": program('{"g": ["w"], "g": ["v"], "_meta": {"hostvars": {}}}')},
        code="dynamic-inventory",
        programs=("hosts",),
    ),
    Difference(
        what="programs that take their time or print without end",
        ansible="waits, and reads",
        ours="ends them after 10 s (`RUNBOOK_INVENTORY_TIMEOUT`) or 32 MiB",
        why="an engineer in an incident must not have to guess what hangs",
        files={"hosts": "#!/bin/sh\nexec yes ''\n"},
        code="dynamic-inventory",
        programs=("hosts",),
    ),
)

_PAGE = (
    "## Smaller differences from Ansible",
    "",
    "<!-- Written by tests/support/format_differences.py; a test compares, and tries every row. -->",
    "",
    "| what | Ansible | runbook | why |",
    "|---|---|---|---|",
)


def section() -> str:
    """Return the part of the page that lists the rows."""
    return "\n".join((*_PAGE, *_rows(), ""))


def _rows() -> Iterator[str]:
    for row in DIFFERENCES:
        yield f"| {row.what} | {row.ansible} | {row.ours} | {row.why} |"
