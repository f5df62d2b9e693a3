"""Folders, and variables in files of their own."""

from ansible_cases.case import Case

_HOSTS = "web: {hosts: {web-1: , web-2: }}\ndb: {hosts: {db-1: }}\n"
_VAULTED = "$ANSIBLE_VAULT;1.1;AES256\n6162\n"

_TABLE: dict[str, dict[str, str]] = {
    "group_vars and host_vars": {
        "hosts.yml": _HOSTS,
        "group_vars/all.yml": "x: all\ny: all\nz: all\n",
        "group_vars/web.yml": "x: web\ny: web\n",
        "host_vars/web-1.yml": "x: host\n",
    },
    "folders of variables": {
        "hosts.yml": _HOSTS,
        "group_vars/web/10-a.yml": "x: 1\na: 1\n",
        "group_vars/web/20-b.yml": "x: 2\nb: 2\n",
        "group_vars/web/15.json": '{"x": 1.5, "c": [1]}',
        "group_vars/web/sub/deep.yml": "d: deep\nx: deep\n",
        "host_vars/db-1/one": "e: 1\n",
    },
    "suffixes of variables": {
        "hosts.yml": _HOSTS,
        "group_vars/web": "a: 1\n",
        "group_vars/db.json": '{"b": "yes"}',
        "group_vars/all.yaml": "c: yes\n",
        "host_vars/web-1": "d: on\n",
    },
    "several files for one name": {
        "hosts.yml": _HOSTS,
        "group_vars/web.yml": "a: yml\nx: 1\n",
        "group_vars/web.yaml": "a: yaml\ny: 1\n",
        "group_vars/web.json": '{"a": "json", "z": 1}',
    },
    "a file and a folder for one name": {
        "hosts.yml": _HOSTS,
        "group_vars/web.yml": "a: file\nx: 1\n",
        "group_vars/web/main.yml": "a: folder\ny: 1\n",
    },
    "inline and file": {
        "hosts.yml": """\
all: {vars: {a: all, b: all, c: all}}
web: {vars: {a: web, d: web}, hosts: {web-1: {e: host, f: host}}}
""",
        "group_vars/all.yml": "a: all file\nd: all file\ne: all file\n",
        "group_vars/web.yml": "b: web file\ne: web file\n",
        "host_vars/web-1.yml": "f: host file\n",
    },
    "parents and children in files": {
        "hosts.yml": "site: {children: {web: {hosts: {web-1: }}}}\n",
        "group_vars/site.yml": "x: site\ny: site\n",
        "group_vars/web.yml": "x: web\n",
    },
    "priority in a file": {
        "hosts.yml": "a: {hosts: {h: }}\nb: {hosts: {h: }}\n",
        "group_vars/a.yml": "x: a\nansible_group_priority: 10\n",
        "group_vars/b.yml": "x: b\n",
    },
    "priority inline, variables in files": {
        "hosts.yml": "a: {hosts: {h: }, vars: {ansible_group_priority: 10}}\nb: {hosts: {h: }}\n",
        "group_vars/a.yml": "x: a\n",
        "group_vars/b.yml": "x: b\n",
    },
    "names with dots": {
        "hosts.yml": "web.example: {hosts: {a.example.com: , b.yml: }}\n",
        "group_vars/web.example.yml": "x: 1\n",
        "host_vars/a.example.com.yml": "y: 2\n",
        "host_vars/a.example.com.json": '{"z": 3}',
        "host_vars/b.yml": "w: 1\n",
    },
    "variables for ungrouped": {
        "hosts.yml": "all: {hosts: {lone: }, children: {g: {hosts: {h: }}}}\n",
        "group_vars/ungrouped.yml": "x: 1\n",
    },
    "files that are left alone": {
        "hosts.yml": _HOSTS,
        "hosts.yml.bak": "all: {hosts: {bak: }}\n",
        "hosts.yml~": "all: {hosts: {tilde: }}\n",
        ".hidden.yml": "all: {hosts: {hidden: }}\n",
        "old.orig": "all: {hosts: {orig: }}\n",
        "x.cfg": "[all]\ncfg\n",
        "x.retry": "retry\n",
        "group_vars/.web.yml": "x: hidden\n",
        "group_vars/web.yml~": "x: tilde\n",
        "group_vars/web/y.yml.bak": "x: bak\n",
        "group_vars/web/.y.yml": "x: hidden\n",
        "group_vars/web/y.yml": "y: 1\n",
    },
    "empty files of variables": {"hosts.yml": _HOSTS, "group_vars/web.yml": "", "host_vars/web-1.yml": "# none\n"},
    "variables that are no mapping": {"hosts.yml": _HOSTS, "group_vars/web.yml": "- a\n"},
    "vaulted file": {"hosts.yml": _HOSTS, "group_vars/web.yml": _VAULTED},
    "variables for nobody": {
        "hosts.yml": _HOSTS,
        "group_vars/nobody.yml": "x: 1\n",
        "host_vars/nobody.yml": "x: 1\n",
    },
    "mixed sources": {
        "01-static.yml": "web: {hosts: {web-1: {x: 1}}, vars: {v: yaml}}\n",
        "02-more": "[web]\nweb-2 y=2\n[db]\ndb-1\n[web:vars]\nv=ini\n",
        "03-script.py": """#!/bin/sh
echo '{"cloud": {"hosts": ["vm-1", "web-1"]}, "_meta": {"hostvars": {"vm-1": {"z": 3}, "web-1": {"x": 9}}}}'
""",
        "group_vars/web.yml": "w: 1\n",
    },
    "children in other files": {
        "1.yml": "web: {hosts: {web-1: }}\n",
        "2.yml": "site: {children: {web: , db: }, vars: {s: 1}}\n",
        "3.yml": "db: {hosts: {db-1: }}\n",
    },
    "children in other files, INI": {"1": "[web]\nweb-1\n", "2": "[site:children]\nweb\n[site:vars]\ns=1\n"},
    "folder in a folder": {
        "hosts.yml": "web: {hosts: {web-1: }}\n",
        "more/hosts.yml": "db: {hosts: {db-1: }}\n",
        "more/group_vars/db.yml": "x: inner\n",
        "group_vars/all.yml": "y: outer\n",
    },
    "empty folder": {"group_vars/all.yml": "x: 1\n"},
    "one file is broken": {"1.yml": "web: {hosts: {web-1: }}\n", "2.yml": "db: {hosts: [db-1\n"},
    "scalars in files": {
        "hosts.yml": _HOSTS,
        "group_vars/web.yml": "a: yes\nb: 0755\nc: 1:30\nd: 2020-01-01\ne: ~\n",
    },
    "scalars in JSON files": {
        "hosts.yml": _HOSTS,
        "group_vars/web.json": '{"a": "yes", "b": 1.0, "c": null, "d": 1e3}',
    },
    "group_vars is a file": {"hosts.yml": _HOSTS, "group_vars": "x: 1\n"},
}

CASES: tuple[Case, ...] = (
    *(
        Case(f"folder: {name}", {f"inv/{path}": text for path, text in files.items()}, ("inv",))
        for name, files in _TABLE.items()
    ),
    Case(
        "folder: variables beside a file",
        {"hosts.yml": _HOSTS, "group_vars/web.yml": "x: 1\n", "host_vars/db-1.yml": "y: 2\n"},
        ("hosts.yml",),
    ),
)
