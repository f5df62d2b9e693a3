"""YAML files."""

from ansible_cases.case import Case, one

_TABLE: dict[str, str] = {
    "hosts of all": "all: {hosts: {web-2: , web-1: {a: 1}}}\n",
    "three levels": """\
all:
  vars: {v: all, a: 1}
  hosts: {lone: }
  children:
    site:
      vars: {v: site}
      hosts: {gate: {v: host}}
      children:
        web:
          vars: {v: web}
          hosts: {web-1: , web-2: {own: true}}
        db: {hosts: {db-1: }}
""",
    "children written before hosts": "all: {children: {g: {children: {h: {hosts: {b: }}}, hosts: {a: }}}}\n",
    "hosts written before children": "all: {children: {g: {hosts: {a: }, children: {h: {hosts: {b: }}}}}}\n",
    "range": "all: {hosts: {'web[1:3]': {a: 1}}}\n",
    "range with padding": "all: {hosts: {'web[08:11].example': }}\n",
    "range with step": "all: {hosts: {'web[1:10:3]': }}\n",
    "range of letters": "all: {hosts: {'web-[a:d]': , 'db-[a:g:2]': }}\n",
    "range of capital letters": "all: {hosts: {'web-[X:Z]': }}\n",
    "product of ranges": "all: {hosts: {'r[1:2]-s[a:b]': }}\n",
    "range without a beginning": "all: {hosts: {'web[:2]': }}\n",
    "range of unequal widths": "all: {hosts: {'web[01:100]': }}\n",
    "range backwards": "all: {hosts: {'web[2:1]': }}\n",
    "range with step nought": "all: {hosts: {'web[1:3:0]': }}\n",
    "range of letters backwards": "all: {hosts: {'web[c:a]': }}\n",
    "range of mixed ends": "all: {hosts: {'web[1:c]': }}\n",
    "number in quotes as host": "all: {hosts: {'10': }}\n",
    "number as host": "all: {hosts: {10: , web: }}\n",
    "number as group": "10: {hosts: {a: }}\n",
    "number in quotes as group": "'10': {hosts: {a: }}\n",
    "empty file": "",
    "comments only": "# nothing here\n",
    "null document": "---\n",
    "null all": "all:\n",
    "empty sections": "all: {hosts: , vars: , children: {g: {hosts: {}, vars: {}}}}\n",
    "group with a hyphen": "my-web: {hosts: {a: }}\n",
    "group with a dot": "web.example: {hosts: {a: {x: 1}}, vars: {y: 2}}\n",
    "group in Chinese": "网站: {hosts: {网-1: {名: 值}}}\n",
    "host in two groups": "web: {hosts: {a: }, vars: {x: 1, y: web}}\ndb: {hosts: {a: }, vars: {z: 2, y: db}}\n",
    "host said twice": "web: {hosts: {a: {x: 1, y: 1}}}\ndb: {hosts: {a: {x: 2}}}\n",
    "host of all and of a group": "all: {hosts: {a: {x: 1}}, children: {g: {hosts: {a: }}}}\n",
    "cycle": "a: {children: {b: {children: {a: }}}, hosts: {h: }}\n",
    "child of itself": "a: {children: {a: }, hosts: {h: }}\n",
    "diamond": """\
top: {children: {left: {children: {low: {hosts: {h: }}}}, right: {children: {low: }}}}
left: {vars: {x: left}}
right: {vars: {x: right}}
""",
    "deeper wins": "b: {children: {c: {hosts: {h: }, vars: {x: c}}}}\na: {hosts: {h: }, vars: {x: a}}\n",
    "name decides at one depth": "b: {hosts: {h: }, vars: {x: b}}\na: {hosts: {h: }, vars: {x: a}}\n",
    "priority": """\
a: {hosts: {h: }, vars: {x: a, ansible_group_priority: 10}}
b: {hosts: {h: }, vars: {x: b}}
""",
    "priority against depth": """\
a: {hosts: {h: }, vars: {x: a, ansible_group_priority: 10}}
b: {children: {c: {hosts: {h: }, vars: {x: c}}}}
""",
    "priority in quotes": "a: {hosts: {h: }, vars: {x: a, ansible_group_priority: '10'}}\nb: {hosts: {h: }, vars: {x: b}}\n",
    "priority of all": "all: {hosts: {h: }, vars: {x: all, ansible_group_priority: 9}}\ng: {hosts: {h: }, vars: {x: g}}\n",
    "scalars of YAML 1.1": """\
all:
  hosts:
    h:
      yes_: yes
      no_: No
      on_: on
      off_: OFF
      y_: y
      octal: 0755
      new_octal: 0o17
      hex: 0x1F
      binary: 0b101
      underscores: 1_000
      sexagesimal: 1:30
      float: 1.5
      exponent: 1e3
      signed_exponent: 1.0e+3
      point: .5
      null_: null
      tilde: ~
      empty:
      version: 1.10
      quoted: "0755"
      single: 'yes'
      plus: +5
      minus: -5
""",
    "dates": "all: {hosts: {h: {day: 2020-01-02, moment: 2020-01-02T03:04:05Z, zone: 2020-01-02 03:04:05 +01:00}}}\n",
    "numbers that JSON lacks": "all: {hosts: {h: {a: .nan, b: .inf, c: -.inf}}}\n",
    "structures": """\
all:
  hosts:
    h:
      list: [1, two, [3, {four: 5}]]
      mapping: {a: {b: [c]}, 1: one}
      text: |
        line 1
        line 2
      folded: >-
        one
        two
""",
    "keys that are no texts": "all: {hosts: {h: {m: {1: int, 1.5: float, no: bool, ~: none}}}}\n",
    "keys that Python takes for one": "all: {hosts: {h: {m: {1: one, true: yes}}}}\n",
    "mapping replaced, not merged": "g: {hosts: {h: {m: {b: 2}}}, vars: {m: {a: 1}}}\n",
    "anchors and merge keys": """\
base: &base {hosts: {h: }}
g:
  vars: &vars {a: 1, b: 2}
  hosts: {i: {<<: *vars, b: 3}, j: *vars}
""",
    "single name instead of a mapping": "all: {hosts: web, children: {g: {hosts: db}}}\n",
    "list instead of a mapping": "all: {hosts: [web]}\n",
    "host with port": "all: {hosts: {'web:2222': {a: 1}, '[2001:db8::1]:22': , 'r[1:2]:80': }}\n",
    "IPv6 and IPv4": "all: {hosts: {'2001:db8::7': , 192.0.2.1: }}\n",
    "group said twice": """\
all: {children: {g: {hosts: {a: }, vars: {x: 1, y: 1}}}}
g: {hosts: {b: }, vars: {x: 2}}
""",
    "ungrouped said": "ungrouped: {hosts: {a: }, vars: {x: 1}}\ng: {hosts: {b: }}\n",
    "ungrouped and grouped": "ungrouped: {hosts: {a: , b: }}\ng: {hosts: {a: }}\n",
    "all as a child": "g: {children: {all: }, hosts: {a: }}\n",
    "unknown part of a group": "g: {hosts: {a: }, host: {b: }, note: text}\n",
    "key twice": "all: {hosts: {a: {x: 1}, a: {x: 2}}}\n",
    "list at the top": "- a\n- b\n",
    "text at the top": "web\n",
    "broken YAML": "all: {hosts: {a: \n",
    "inventory plugin": "plugin: aws_ec2\nregions: [x]\n",
    "vaulted text": 'all: {hosts: {h: {password_hint: !vault "$ANSIBLE_VAULT;1.1;AES256\\n6162"}}}\n',
    "unsafe text": "all: {hosts: {h: {x: !unsafe 'a {{ b }}'}}}\n",
    "template": "all: {hosts: {h: {x: '{{ y }}', y: 1}}}\n",
    "connection": """\
all:
  vars: {ansible_user: ops}
  hosts:
    h: {ansible_host: 10.0.0.1, ansible_port: 2222, ansible_connection: local}
""",
    "host and group of one name": "both: {hosts: {a: }}\nother: {hosts: {both: }}\n",
    "host and group of one name, with variables": "both: {hosts: {a: }}\nother: {hosts: {both: {x: 1}}}\n",
    "host and group of one name, ungrouped": "all: {hosts: {both: }, children: {both: {hosts: {a: }}}}\n",
    "localhost": "all: {hosts: {localhost: {ansible_connection: local}}}\n",
    "name that is no variable": "all: {hosts: {h: {a-b: 1, '2nd': 2}}}\n",
    "names that Ansible sets": "all: {hosts: {h: {inventory_hostname: x, group_names: y, groups: z, hostvars: w}}}\n",
    "order of groups and hosts": """\
z: {hosts: {h3: , h1: }}
all: {hosts: {h9: }, children: {m: {hosts: {h2: , h3: }}, z: , a: {children: {c: , b: {hosts: {h0: }}}}}}
k: {children: {m: }}
""",
}

CASES: tuple[Case, ...] = (
    *(one(f"YAML: {name}", "hosts.yml", text) for name, text in _TABLE.items()),
    one("YAML: .yaml", "hosts.yaml", "all: {hosts: {a: {x: yes}}}\n"),
    one("YAML: no suffix", "hosts", "all:\n  hosts:\n    a: {x: yes}\n"),
    one("YAML: JSON", "hosts.json", '{"all": {"hosts": {"a": {"x": "yes", "y": true}}, "vars": {"z": 1.0}}}\n'),
    one("YAML: line ends of Windows", "hosts.yml", "all:\r\n  hosts:\r\n    a:\r\n      x: 1\r\n"),
    one("YAML: byte order mark", "hosts.yml", "\ufeffall:\n  hosts: {a: }\n"),
)
