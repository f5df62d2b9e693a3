"""Where runbook means to differ from Ansible, as data: a test holds every row against the real thing.

The page `docs/reference/inventory-differences.md` is written from these rows.
"""

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Final

from playbook_engine.frozen import dataclass

VERSION: Final = "2.19"


class Kind(Enum):
    """How the two differ, for the test."""

    NOTHING = "Ansible selects no host, runbook refuses"
    PARTLY = "Ansible selects hosts, runbook refuses"
    OTHERWISE = "both select hosts, not the same"
    REFUSED = "Ansible reads an inventory, runbook refuses it"
    CHANGED = "both read an inventory, not in the same way"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One row of the page, with all cases that show it; `examples` of them are printed."""

    what: str
    kind: Kind
    cases: tuple[str, ...]
    ansible: str
    ours: str
    why: str
    examples: int = 2


PATTERNS: tuple[Difference, ...] = (
    Difference(
        what="a name, glob or expression that matches nothing",
        kind=Kind.NOTHING,
        cases=(
            "wbe",
            "Web",
            "WEB",
            "web-9",
            "nothing*",
            "~Web",
            "::",
            "[web]",
            "web[a:b]",
            "web[x]",
            "web:80",
            "web-1:22",
            "80:80",
            "fe80::1%eth0",
            "@file",
            "&!web",
            "~web[0]",
            r"~web-\d{1,2}",
            "TAG_Name_web",
            "~tag_name_",
        ),
        ansible="warns at most, and goes on without it",
        ours="refuses the pattern, and shows the nearest name",
        why="a mistyped name would leave hosts out, and a mistyped exclusion would act on more than was meant",
    ),
    Difference(
        what="one term of several matches nothing",
        kind=Kind.PARTLY,
        cases=("web db,prod", "web-1:22,db", r"~web-\d{1,2},db", "web[1,db", "!!web", "!&web"),
        ansible="ignores that term: `!!web` selects every host",
        ours="refuses the pattern, and points at the term",
        why="as above",
    ),
    Difference(
        what="the pattern selects no host at all",
        kind=Kind.NOTHING,
        cases=("web,&prod,&both", "*:!*", "web:!all", "web,&9a01:7f8:191:7701::9", "!web:80", "racks:!rack1"),
        ansible="runs on no host, and ends well",
        ours="refuses it",
        why="zero targets is not a success",
    ),
    Difference(
        what="a group without hosts",
        kind=Kind.NOTHING,
        cases=("maintenance", "web:&maintenance", "maintenance[0]"),
        ansible="selects nothing",
        ours="refuses it; only `!GROUP` may name an empty group",
        why="as above",
    ),
    Difference(
        what="a group without hosts beside others",
        kind=Kind.PARTLY,
        cases=("maintenance,web", "web,maintenance"),
        ansible="ignores the empty group",
        ours="refuses it",
        why="whoever named the group counted on its hosts",
    ),
    Difference(
        what="an empty pattern",
        kind=Kind.PARTLY,
        cases=(",", ":", "~", "~["),
        ansible="selects every host",
        ours="refuses it",
        why="nothing is not everything",
    ),
    Difference(
        what="a slice without a beginning",
        kind=Kind.OTHERWISE,
        cases=("web[:2]",),
        ansible="reads a set of characters, and matches nothing, although its documentation has `web[:3]`",
        ours="selects the first three hosts: the end is included, as in `web[0:2]`",
        why="this is what its documentation says",
    ),
    Difference(
        what="a slice behind a glob",
        kind=Kind.OTHERWISE,
        cases=("web*[1:]",),
        ansible="counts a host again for each group and name that matches: `web*[1:]` holds the first host too",
        ours="counts each host once",
        why="whoever tries `web*[0]` first and `web*[1:]` then must not meet a host twice",
    ),
    Difference(
        what="a number behind a glob",
        kind=Kind.PARTLY,
        cases=("web*[6]",),
        ansible="as above: the seventh of six hosts is there",
        ours="counts each host once, and refuses what is out of range",
        why="as above",
    ),
    Difference(
        what="a slice that is empty",
        kind=Kind.NOTHING,
        cases=("web[2:1]", "web[99:]", "web[6:]"),
        ansible="selects nothing; only a single number out of range is an error",
        ours="refuses it, and says how many hosts there are",
        why="zero targets is not a success",
    ),
    Difference(
        what="a slice that ends at 0",
        kind=Kind.PARTLY,
        cases=("web[3:0]",),
        ansible="takes it for the single number `[3]`",
        ours="refuses it: it ends before it begins",
        why="the host that is selected is not one that was written",
    ),
    Difference(
        what="other things in brackets at the end",
        kind=Kind.NOTHING,
        cases=("web[:]", "web[0:-1]", "web[-2:]", "web[1:2:3]", "web[0:2:1]"),
        ansible="reads a set of characters",
        ours="refuses them, and shows the forms there are",
        why="they look like slices, and can only be meant as such",
    ),
    Difference(
        what="digits in brackets at the end of a glob",
        kind=Kind.NOTHING,
        cases=("web-[1-2]", "web-[12]"),
        ansible="chooses by number, and matches nothing",
        ours="refuses it, and shows a regular expression that matches characters",
        why="it is not what was meant",
    ),
    Difference(
        what="a number behind the name of a host",
        kind=Kind.PARTLY,
        cases=("web-1[0]",),
        ansible="selects the host, although its documentation allows numbers behind groups only",
        ours="refuses it",
        why="it is a slip",
    ),
    Difference(
        what="a bracket without its other half",
        kind=Kind.PARTLY,
        cases=("web[", "web]", "web[1", "web]1"),
        ansible="drops the bracket and splits the pattern there",
        ours="refuses it",
        why="a slip while typing `web[1]` would select the whole group",
    ),
    Difference(
        what="a space behind `!` or `&`",
        kind=Kind.OTHERWISE,
        cases=("! canary,web", "web,! canary", "& prod,web"),
        ansible="looks for a name that begins with a space: nothing is excluded",
        ours="reads `!canary`",
        why="an exclusion must not be lost for a space",
    ),
    Difference(
        what="an IPv6 address among terms between colons",
        kind=Kind.PARTLY,
        cases=("web:!9a01:7f8:191:7701::9", "2001:db8::*"),
        ansible="takes the address apart: the host is not excluded, `*` selects every host",
        ours="refuses it, and asks for commas",
        why="an exclusion must not be lost",
    ),
    Difference(
        what="`localhost`, `127.0.0.1`, `::1` where the inventory has no such host",
        kind=Kind.PARTLY,
        cases=("localhost", "127.0.0.1", "::1", "localhost,web"),
        ansible="makes up a host with a local connection",
        ours="refuses it; `!localhost` is allowed, because there is nothing to take away",
        why="steps that run on this machine are written with `local:`",
        examples=3,
    ),
)

LIMITS: tuple[Difference, ...] = (
    Difference(
        what="a limit that matches nothing",
        kind=Kind.NOTHING,
        cases=("wbe", "@web-1.txt,!web-1"),
        ansible="runs on no host",
        ours="refuses it",
        why="zero targets is not a success",
    ),
    Difference(
        what="a limit file without a host",
        kind=Kind.PARTLY,
        cases=("@blank.txt",),
        ansible="takes it for no limit at all: every host is selected",
        ours="refuses it",
        why="an empty list of hosts must not mean all of them",
    ),
    Difference(
        what="`!@file`",
        kind=Kind.PARTLY,
        cases=("!@web-1.txt",),
        ansible="looks for a host of that name: nothing is excluded",
        ours="refuses it; a file may have lines with `!`",
        why="an exclusion must not be lost",
    ),
    Difference(
        what="several patterns on a line of a limit file",
        kind=Kind.OTHERWISE,
        cases=("@commas.txt",),
        ansible="looks for a host of that name",
        ours="separates them at commas, as everywhere",
        why="one rule for all patterns",
    ),
)

_INCOMPLETE = "hosts that are missing without a word are hosts that nobody looks after"

INVENTORIES: tuple[Difference, ...] = (
    Difference(
        what="a file that cannot be read as an inventory",
        kind=Kind.REFUSED,
        cases=(
            "YAML: broken YAML",
            "YAML: list at the top",
            "YAML: list instead of a mapping",
            "INI: unclosed quote",
            "INI: unknown kind of section",
            "INI: variable without a value",
            "INI: variable without a value in a section",
            "INI: spaces in a section",
            "INI: semicolon behind a section",
            "INI: variables of an unknown group",
            "INI: unknown child",
            "folder: one file is broken",
            "folder: group_vars is a file",
        ),
        ansible="warns, keeps what it has read of the file by then, and goes on",
        ours="refuses the inventory, and shows file, line and column",
        why=_INCOMPLETE,
        examples=3,
    ),
    Difference(
        what="groups that contain each other",
        kind=Kind.REFUSED,
        cases=("YAML: cycle", "YAML: child of itself", "INI: cycle", "executable: cycle"),
        ansible="drops the file with a warning",
        ours="refuses the inventory, and shows the circle",
        why=_INCOMPLETE,
        examples=1,
    ),
    Difference(
        what="a range that is none",
        kind=Kind.REFUSED,
        cases=(
            "YAML: range backwards",
            "YAML: range of unequal widths",
            "YAML: range with step nought",
            "YAML: range of letters backwards",
            "YAML: range of mixed ends",
        ),
        ansible="drops the file with a warning",
        ours="refuses the inventory",
        why=_INCOMPLETE,
    ),
    Difference(
        what="an unknown part of a group",
        kind=Kind.REFUSED,
        cases=("YAML: unknown part of a group",),
        ansible="ignores `host:` with a warning",
        ours="refuses it, and shows the nearest word",
        why=_INCOMPLETE,
    ),
    Difference(
        what="a key that is given twice",
        kind=Kind.REFUSED,
        cases=("YAML: key twice",),
        ansible="warns; the last one counts",
        ours="refuses it",
        why="one of the two was not meant",
    ),
    Difference(
        what="an executable that fails or prints rubbish",
        kind=Kind.REFUSED,
        cases=(
            "executable: failure",
            "executable: rubbish",
            "executable: list at the top",
            "executable: hosts no list",
            "executable: range that is none",
        ),
        ansible="warns, and goes on without its hosts",
        ours="refuses the inventory",
        why=_INCOMPLETE,
    ),
    Difference(
        what="a place that is missing or empty",
        kind=Kind.REFUSED,
        cases=("sources: one is missing", "folder: empty folder"),
        ansible="warns",
        ours="refuses it",
        why="it is a slip in `-i`",
    ),
    Difference(
        what="inventory plugins",
        kind=Kind.REFUSED,
        cases=("YAML: inventory plugin",),
        ansible="runs the plugin, where it is installed",
        ours="refuses them; give `-i` an executable that prints JSON",
        why="they are Ansible's own code",
    ),
    Difference(
        what="templates in variables",
        kind=Kind.REFUSED,
        cases=("YAML: template", "INI: template"),
        ansible="evaluates `{{ … }}` when a variable is used",
        ours="refuses them",
        why="variables are data; sent to a host as they stand, braces would do harm",
    ),
    Difference(
        what="vaulted values without a password",
        kind=Kind.REFUSED,
        cases=("YAML: vaulted text",),
        ansible="keeps the value encrypted until it is used, and lists it so",
        ours="refuses them unless a password file is given; decrypted values are listed as `<secret NAME>`",
        why="what is missing is to be known before anything starts",
    ),
    Difference(
        what="numbers as names",
        kind=Kind.CHANGED,
        cases=("YAML: number as host", "YAML: number as group"),
        ansible="drops the file: names have to be in quotes",
        ours="takes `10:` for the name `10`",
        why="nothing else can be meant",
    ),
    Difference(
        what="`!unsafe`",
        kind=Kind.CHANGED,
        cases=("YAML: unsafe text", "INI: types of group variables"),
        ansible="lists the text as `{\"__ansible_unsafe\": …}`; INI's `b'x'` is one too",
        ours="lists the text",
        why="no variable is a template here",
    ),
    Difference(
        what="keys of mappings that are no texts",
        kind=Kind.CHANGED,
        cases=("YAML: keys that are no texts", "YAML: keys that Python takes for one"),
        ansible="turns `no:` into `false` and `~:` into `null`; `1:` and `true:` are one key",
        ours="takes keys as they are written",
        why="expressions look keys up as texts",
    ),
    Difference(
        what="numbers that JSON lacks",
        kind=Kind.CHANGED,
        cases=("YAML: numbers that JSON lacks",),
        ansible="lists `NaN` and `Infinity`, which is no JSON",
        ours="lists the texts `.nan` and `.inf`, as YAML writes them",
        why="every reader of JSON can read it",
    ),
    Difference(
        what="names that Ansible sets itself",
        kind=Kind.CHANGED,
        cases=("YAML: names that Ansible sets",),
        ansible="does not list `groups`, `group_names`, `hostvars` and the like, and overwrites them",
        ours="lists them: but for `inventory_hostname` they are variables like others",
        why="a playbook sees what is listed",
    ),
    Difference(
        what="a name that is a host and a group",
        kind=Kind.CHANGED,
        cases=("YAML: host and group of one name, with variables", "YAML: host and group of one name, ungrouped"),
        ansible="gives the host's variables to the group's hosts, and makes the group a child of `ungrouped`",
        ours="keeps the two apart, and warns",
        why="Ansible takes one for the other, which can only surprise",
    ),
    Difference(
        what="ranges in a list of hosts",
        kind=Kind.CHANGED,
        cases=("sources: a list with ranges and ports",),
        ansible="makes one host called `web[1:3]`, unless its plugin `advanced_host_list` is enabled",
        ours="makes web1, web2 and web3",
        why="no host has such a name",
    ),
)

_HOST = "/_meta/hostvars/h"
CHANGES: Mapping[str, tuple[str, ...]] = {
    "YAML: number as host": ("/ungrouped",),
    "YAML: number as group": ("/all/children", "/10"),
    "YAML: unsafe text": (f"{_HOST}/x",),
    "INI: types of group variables": (f"{_HOST}/bytes",),
    "YAML: keys that are no texts": (f"{_HOST}/m/false", f"{_HOST}/m/null", f"{_HOST}/m/no", f"{_HOST}/m/~"),
    "YAML: keys that Python takes for one": (f"{_HOST}/m/1", f"{_HOST}/m/true"),
    "YAML: numbers that JSON lacks": (f"{_HOST}/a", f"{_HOST}/b", f"{_HOST}/c"),
    "YAML: names that Ansible sets": (_HOST,),
    "YAML: host and group of one name, with variables": ("/_meta/hostvars/a", "/_meta/hostvars/both"),
    "YAML: host and group of one name, ungrouped": ("/ungrouped/children", "/ungrouped/hosts"),
    "sources: a list with ranges and ports": ("/ungrouped/hosts",),
}
"""For each case of kind CHANGED the places in the JSON that differ."""

SELECTED: Mapping[str, tuple[str, ...]] = {
    "web[:2]": ("web-1", "web-2", "web-3"),
    "web*[1:]": ("web-2", "web-3", "canary", "web-e2", "web-e1"),
    "! canary,web": ("web-1", "web-2", "web-3", "web-e2", "web-e1"),
    "web,! canary": ("web-1", "web-2", "web-3", "web-e2", "web-e1"),
    "& prod,web": ("web-1", "web-3"),
    "@commas.txt": ("web-1", "db-2"),
}
"""For each case of kind OTHERWISE what runbook selects."""

_ALSO = """\
## What `runbook inventory` prints

`list`, `graph` and `host` print what `ansible-inventory --list`, `--graph` and `--host` print, with these exceptions:

* `_meta.profile` is left out: it names the way in which Ansible's own classes are written as JSON.
* `graph` honours `--limit`, which Ansible accepts there and ignores.
* `host` takes the name of one host, not a pattern, and knows no implicit `localhost`.
* Control characters are escaped, and secrets masked.
* Warnings go to standard error, as in Ansible; an inventory with errors prints nothing else.

## Not read

`ansible.cfg`, `/etc/ansible/hosts`, `ANSIBLE_INVENTORY`, inventory and vars plugins other than those named above, and
`group_vars` beside a playbook: what an inventory says does not depend on where it is read.
"""

INVENTORY_CASES: Final = frozenset(case for row in INVENTORIES for case in row.cases)

_PAGE = f"""\
# Differences from Ansible

<!-- Written by tests/support/ansible_differences.py; a test compares, and holds every row against ansible-core. -->

`runbook` reads Ansible's inventories and selects hosts with Ansible's patterns. A test installs ansible-core {VERSION}
and compares both on more than a hundred inventories and some three hundred patterns: groups, hosts, variables with
their types, the hosts that each pattern selects, and their order. This page lists all that is different on purpose.

## Order of hosts

The order of a selection is Ansible's: terms in the order in which they are written, a group level by level (the hosts
that it lists itself, then its children's), each host once. `--limit` only takes hosts away. Where several groups of
one level have children, Ansible goes through these in an order that changes from run to run, because it depends on
addresses in memory; `runbook` goes through them as they are declared.
"""


def page() -> str:
    """Return the page."""
    tables = (("Patterns", PATTERNS), ("`--limit`", LIMITS), ("Inventories", INVENTORIES))
    return "\n".join((_PAGE, *(line for title, rows in tables for line in _table(title, rows)), _ALSO))


def _table(title: str, rows: tuple[Difference, ...]) -> Iterator[str]:
    yield from (f"## {title}", "", "| what | for example | Ansible | runbook | why |", "|---|---|---|---|---|")
    for row in rows:
        examples = ", ".join(_example(case) for case in row.cases[: row.examples])
        yield f"| {row.what} | {examples} | {row.ansible} | {row.ours} | {row.why} |"
    yield ""


def _example(case: str) -> str:
    """Return a pattern as code, and the name of an inventory as it is."""
    return case if case in INVENTORY_CASES else f"`{case.replace('|', chr(92) + '|')}`"
