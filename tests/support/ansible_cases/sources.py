"""Several sources, lists of hosts, executables."""

from ansible_cases.case import Case

_A = "web: {hosts: {web-1: {x: a}}, vars: {v: a, only_a: 1}}\n"
_B = "web: {hosts: {web-2: , web-1: {x: b}}, vars: {v: b}}\ndb: {hosts: {db-1: }}\n"
_META = '{"web": {"hosts": ["web-2", "web-1"], "vars": {"v": 1}, "children": ["east"]}, "east": {"hosts": ["e1"]}, '


def _script(output: str, host: str = "") -> str:
    """Return an executable that prints an output, and another when it is asked for a host."""
    return f"""#!/bin/sh
if [ "$1" = --host ]; then cat <<'END'
{host}
END
else cat <<'END'
{output}
END
fi
"""


_SCRIPTS: dict[str, str] = {
    "with _meta": _script(_META + '"_meta": {"hostvars": {"web-1": {"a": [1, "x", null, 1.5]}}}}'),
    "without _meta": _script('{"web": {"hosts": ["web-1", "web-2"]}}', '{"asked": true}'),
    "groups as lists": _script('{"web": ["web-1"], "db": ["db-1", "web-1"], "_meta": {"hostvars": {}}}'),
    "group with variables only": _script('{"web": {"vars": {"x": 1}}, "_meta": {"hostvars": {}}}'),
    "group that is a host": _script('{"web": {"x": 1}, "_meta": {"hostvars": {}}}'),
    "children not declared": _script('{"web": {"children": ["east"], "hosts": ["a"]}, "_meta": {"hostvars": {}}}'),
    "all and ungrouped": _script(
        '{"all": {"hosts": ["a"], "children": ["g"], "vars": {"x": 1}}, "ungrouped": {"hosts": ["b"]}, '
        '"g": {"hosts": ["c"]}, "_meta": {"hostvars": {"b": {"y": 2}}}}'
    ),
    "nothing": _script("{}"),
    "Chinese": _script('{"网站": {"hosts": ["网-1"]}, "_meta": {"hostvars": {"网-1": {"名": "值"}}}}'),
    "hostvars of nobody": _script('{"g": {"hosts": ["a"]}, "_meta": {"hostvars": {"nobody": {"x": 1}}}}'),
    "rubbish": _script("hello"),
    "list at the top": _script("[1]"),
    "failure": "#!/bin/sh\necho no >&2\nexit 3\n",
    "hosts no list": _script('{"g": {"hosts": "a"}, "_meta": {"hostvars": {}}}'),
    "cycle": _script(
        '{"a": {"children": ["b"]}, "b": {"children": ["a"], "hosts": ["h"]}, "_meta": {"hostvars": {}}}'
    ),
    "range that is none": _script('{"g": {"hosts": ["a[1:2]"]}, "_meta": {"hostvars": {}}}'),
    "priority": _script(
        '{"a": {"hosts": ["h"], "vars": {"x": "a", "ansible_group_priority": 10}}, '
        '"b": {"hosts": ["h"], "vars": {"x": "b"}}, "_meta": {"hostvars": {}}}'
    ),
    "message on standard error": '#!/bin/sh\necho warned >&2\necho \'{"g": {"hosts": ["a"]}, "_meta": {"hostvars": {}}}\'\n',
}

CASES: tuple[Case, ...] = (
    *(Case(f"executable: {name}", {"hosts": text}, ("hosts",)) for name, text in _SCRIPTS.items()),
    Case("sources: two files", {"a.yml": _A, "b.yml": _B}, ("a.yml", "b.yml")),
    Case("sources: two files, the other way", {"a.yml": _A, "b.yml": _B}, ("b.yml", "a.yml")),
    Case(
        "sources: two folders with variables",
        {
            "a/hosts.yml": _A,
            "a/group_vars/web.yml": "f: a\nx: a file\n",
            "b/hosts.yml": _B,
            "b/group_vars/web.yml": "f: b\n",
            "b/group_vars/all.yml": "g: b\nx: all of b\n",
            "a/host_vars/web-1.yml": "h: a\n",
            "b/host_vars/web-1.yml": "h: b\n",
        },
        ("a", "b"),
    ),
    Case("sources: YAML and INI", {"a.yml": _A, "b": "[web]\nweb-3\n[web:vars]\nv=ini\n"}, ("a.yml", "b")),
    Case("sources: a list of hosts", {}, ("web-1,web-2,db",)),
    Case("sources: a list of one host", {}, ("web-1,",)),
    Case("sources: a list with spaces", {}, ("web-1, web-2 ,",)),
    Case("sources: a list with ranges and ports", {}, ("web[1:3],db:2222,",)),
    Case("sources: a list with an address", {}, ("2001:db8::7,192.0.2.1,",)),
    Case("sources: a list and a file", {"a.yml": _A}, ("web-9,", "a.yml")),
    Case("sources: localhost", {}, ("localhost,",)),
    Case("sources: one file twice", {"a.yml": _A}, ("a.yml", "a.yml")),
    Case("sources: one is missing", {"a.yml": _A}, ("a.yml", "nowhere.yml")),
)
