"""Patterns, and the inventories in which they select hosts."""

from ansible_cases.case import Case, one
from playbook_engine.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Selection:
    """One inventory with the patterns and the limits that are tried on it."""

    case: Case
    patterns: tuple[str, ...]
    limits: tuple[str, ...] = ()
    """Given to `--limit`, with the pattern `all`."""


SITE = one(
    "site",
    "hosts.yml",
    """\
all:
  hosts: {bastion: , "10.0.0.7": }
  children:
    web:
      hosts: {web-1: , web-2: , web-3: , canary: }
      children:
        web_east: {hosts: {web-e2: , web-e1: , web-1: }}
    db:
      hosts: {db.example.com: , db-2: , "9a01:7f8:191:7701::9": }
    prod: {hosts: {web-3: , web-1: , db-2: }}
    maintenance: {hosts: {}}
    both: {hosts: {web-2: , db-2: }}
    db.example.com: {hosts: {db-2: , web-3: }}
    "80": {hosts: {web-2: }}
  vars: {a: 1}
more: {hosts: {both: , late: }}
""",
)
"""Names that are host and group, dots, addresses, digits, nested groups, an empty group."""

NESTED = Case(
    "nested",
    {
        "hosts": """\
lone
[site:children]
east
west
[east]
e2
e1
[west]
w1
e1
[web]
e1
w1
w2
[west:children]
racks
[racks:children]
rack1
rack2
[rack2]
r2
[rack1]
r1
r2
"""
    },
    ("hosts",),
)
"""INI, with children that are declared before and after their parents."""

SCRIPT = Case(
    "script",
    {
        "hosts": """\
#!/bin/sh
echo '{"web": {"hosts": ["web-3", "web-1"], "children": ["edge"]}, "edge": {"hosts": ["edge-1", "web-1"]},'
echo '"tag_Name_web": {"hosts": ["web-1", "i-0abc"]}, "_meta": {"hostvars": {}}}'
"""
    },
    ("hosts",),
)
LIST = Case("list", {"more.yml": "web: {hosts: {b: , c: }}\n"}, ("c,a,b,", "more.yml"))

_ON_SITE = (
    "all",
    "*",
    "web",
    "web_east",
    "db",
    "prod",
    "ungrouped",
    "more",
    "both",
    "80",
    "web-1",
    "db.example.com",
    "10.0.0.7",
    "9a01:7f8:191:7701::9",
    "db,web",
    "web,db",
    "web:db",
    "web:db:prod",
    "web:&prod",
    "web:!canary",
    "web:&prod:!web-1",
    "!canary:web",
    "&prod:web",
    "&prod",
    "!prod",
    "!web:!db",
    "!both",
    "web:!both",
    "web:&both",
    "web:!9a01:7f8:191:7701::9",
    "web,!9a01:7f8:191:7701::9",
    "web,&9a01:7f8:191:7701::9",
    "all:!ungrouped",
    "all,!maintenance",
    "maintenance",
    "maintenance,web",
    "web,maintenance",
    "web:&maintenance",
    "web db",
    "web  db:prod",
    "web db,prod",
    " web , db ",
    "web,,db",
    ",web,",
    ",",
    ":",
    "::",
    "web:",
    "web::db",
    ":web",
    "web*",
    "w*",
    "*1",
    "*-1",
    "db*",
    "*.com",
    "db.ex*",
    "db.*",
    "[dw]*",
    "[!w]*",
    "web-?",
    "web-[!1]",
    "web-[1-2]",
    "web-[12]",
    "web_*",
    "*east",
    "b*",
    "bo*",
    "late",
    "al*",
    "ung*",
    "al?",
    "8*",
    "nothing*",
    "~web",
    "~web-\\d",
    "~web-\\d$",
    "~^web$",
    "~w|d",
    "~(web|db)-\\d",
    "~.*east",
    "~.*",
    "~",
    "~(",
    "~[",
    "~web[",
    "~*",
    "~web-[12]",
    "~web:db",
    "~web-(?:1|2)",
    "~web-(?:1|2),db",
    "~web-\\d{1,2}",
    "~web-\\d{1,2},db",
    "~Web",
    "~(?i)Web",
    "!~web",
    "all:!~web",
    "all,!~web-\\d",
    "&~web",
    "web:&~.*1",
    "~both",
    "~80",
    "web[0]",
    "web[1]",
    "web[-1]",
    "web[-2]",
    "web[-6]",
    "web[-7]",
    "web[5]",
    "web[6]",
    "web[0:0]",
    "web[0:1]",
    "web[0:2]",
    "web[1:2]",
    "web[1:]",
    "web[:2]",
    "web[:]",
    "web[2:1]",
    "web[3:0]",
    "web[0-2]",
    "web[1-]",
    "web[-5]",
    "web[0:99]",
    "web[99:]",
    "web[6:]",
    "web[0:-1]",
    "web[-2:]",
    "web[1:2:3]",
    "web[0:2:1]",
    "web[01]",
    "web[0],db[0]",
    "web[0]:db[0]",
    "web[0:1]:db[1:]",
    "web:!web[0]",
    "web:!web[0:2]",
    "web:&web[1:]",
    "web[1:]:!web[2]",
    "!web[0]",
    "&web[0]",
    "!web[9]",
    "all[0]",
    "all[-1]",
    "all[0:3]",
    "*[0]",
    "*[2:4]",
    "web*[0]",
    "web*[1:]",
    "web*[0:3]",
    "web*[-1]",
    "web*[6]",
    "web*[0:6]",
    "w*[3]",
    "web-1[0]",
    "web-1[1]",
    "web-*[0]",
    "web-*[-1]",
    "ungrouped[1]",
    "80[0]",
    "prod[0]",
    "prod[1]",
    "maintenance[0]",
    "both[0]",
    "both[1]",
    "db.example.com[0]",
    "db.example.com[1]",
    "~web[0]",
    "web[",
    "web]",
    "web[1",
    "web]1",
    "web[1,db",
    "[web]",
    "web[a:b]",
    "web[x]",
    "web:80",
    "web-1:22",
    "web-1:22,db",
    "80:80",
    "!web:80",
    "localhost",
    "!localhost",
    "127.0.0.1",
    "::1",
    "all:!localhost",
    "all,!127.0.0.1",
    "localhost,web",
    "!!web",
    "&!web",
    "!&web",
    "! canary,web",
    "web:! canary",
    "web,! canary",
    "& prod,web",
    "!",
    "&",
    "web:!",
    "web,!",
    "web,&",
    "fe80::1%eth0",
    "2001:db8::*",
    "@file",
    "wbe",
    "Web",
    "WEB",
    "web-9",
    "web,web-1",
    "web-1,web",
    "web-2,web-1,web-2",
    "web-e1,web",
    "prod,web,prod",
    "db:web:&prod",
    "&prod:db:web",
    "!web-3:&prod:db:web",
    "web,&prod,&both",
    "web:&prod:&web_east",
    "web_east,!web-1,web-1",
    "all:!web:!db",
    "all,!*-1",
    "*,!web*",
    "*:!*",
    "web:!all",
    "all:&ungrouped",
    "db-2",
    "db-2,db-2",
    "web-1,db.example.com,late",
    "w*:!canary",
    "w*:&prod:!*3",
    "?eb",
    "????",
    "both,web",
    "web,both",
    "!both,web,both",
    "&both,both,db-2",
)
_ON_NESTED = (
    "all", "site", "east", "west", "web", "racks", "rack*", "r*", "e*", "w*", "*1", "west:east", "web,site",
    "site:!web", "site:&web", "web:&site", "!site", "racks:!rack1", "site[0]", "site[1:2]", "west[2:]", "racks[-1]",
    "web[1:],site[0]", "~rack", "~^[ew]\\d$", "r1,e1,w1", "west:&web[0:1]", "ungrouped", "all[0]", "rack[12]*",
)  # fmt: skip
_ON_SCRIPT = (
    "all", "web", "edge", "tag_Name_web", "tag_*", "tag_*:&web", "web[0]", "web[1]", "web[2]", "edge:web", "i-0abc",
    "~tag_Name_", "~tag_name_", "TAG_Name_web", "*_web", "web-*", "!edge", "web:!edge[0]",
)  # fmt: skip
_ON_LIST = ("all", "ungrouped", "web", "a", "a,b", "b,a", "all[0]", "all[-1]", "*", "?", "!a", "web:&all", "all:!web")  # fmt: skip

SELECTIONS: tuple[Selection, ...] = (
    Selection(
        SITE,
        _ON_SITE,
        (
            "web",
            "db:web",
            "!web",
            "web:&prod",
            "@web-1.txt",
            "@several.txt",
            "@blank.txt",
            "@commented.txt",
            "@commas.txt",
            "!@web-1.txt",
            "web,@web-1.txt",
            "@web-1.txt,!web-1",
            "@missing.txt",
            "wbe",
            "web[0]",
        ),
    ),
    Selection(NESTED, _ON_NESTED, ("west", "!east", "racks[0]")),
    Selection(SCRIPT, _ON_SCRIPT),
    Selection(LIST, _ON_LIST),
)
LIMIT_FILES = {
    "web-1.txt": "web-1\n",
    "several.txt": "web-2\r\n\r\n  db\r\n!web-2",
    "blank.txt": "\n\n",
    "commented.txt": "# canaries\nweb-1\n",
    "commas.txt": "web-1,db-2\n",
}
