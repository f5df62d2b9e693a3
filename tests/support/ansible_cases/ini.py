"""INI files."""

from ansible_cases.case import Case, one

_TABLE: dict[str, str] = {
    "hosts before any section": "lone\n[web]\nweb-1\nweb-2\n",
    "children": "[site:children]\nweb\ndb\n[web]\nweb-1\n[db]\ndb-1\n[site:vars]\nx=1\n",
    "children declared before": "[web]\nweb-1\n[db]\ndb-1\n[site:children]\ndb\nweb\n",
    "types of host variables": """\
h int=1 quoted="1" double='"1"' yes=yes true=true True=True none=None float=1.5 hex=0x10 list=[1,2] \
mapping={'a':1} empty= text=hello octal=0755 tuple=(1,2) neg=-3 expr=1+1 str="'x'"
""",
    "types of group variables": """\
[g]
h
[g:vars]
int=1
quoted="1"
single='one'
yes=yes
true=True
lower=true
none=None
float=1.5
hex=0x10
list=[1, 'two', {"three": 3}]
mapping={"a": [1, 2]}
empty=
text=hello world
octal=0755
underscore=1_000
spaces  =   around
hash=a # b
equals=a=b
bytes=b'x'
set={1}
json={"a": true}
""",
    "quotes in host variables": """h a="b c" d='e f' g="x=y" i="it's" j="# no comment" # a comment\n""",
    "comments": "; one\n# two\nh x=1 # three\n[g] # four\ni\n",
    "semicolon behind a section": "h x=1\n[g] ; four\ni\n",
    "range": "[web]\nweb[01:03].example x=1\ndb-[a:c]\n",
    "port": "web:2222\n[2001:db8::1]:22\n10.0.0.1:80 x=1\n",
    "IPv6": "2001:db8::7 x=1\n",
    "host in two groups": "[web]\na x=1\n[db]\na y=2\n[web:vars]\nz=web\n[db:vars]\nz=db\n",
    "priority": "[a]\nh\n[b]\nh\n[a:vars]\nx=a\nansible_group_priority=10\n[b:vars]\nx=b\n",
    "variables of an unknown group": "[a]\nh\n[b:vars]\nx=1\n",
    "unknown child": "[a:children]\nb\n",
    "unknown kind of section": "[a:hots]\nh\n",
    "variable without a value": "h x\n",
    "variable without a value in a section": "[g]\nh\n[g:vars]\nx\n",
    "cycle": "[a:children]\nb\n[b:children]\na\n[a]\nh\n",
    "empty section": "[web]\n[db]\nh\n",
    "section twice": "[web]\na\n[db]\nb\n[web]\nc\n",
    "Chinese": "[网站]\n网-1 名=值\n",
    "group with a hyphen and a dot": "[my-web.example]\na\n",
    "host and group of one name": "[both]\na\n[other]\nboth\n",
    "all and ungrouped": "[all:vars]\nx=1\n[ungrouped]\nlone\n[g]\nh\n",
    "line ends of Windows": "[web]\r\na x=1\r\n[web:vars]\r\ny=2\r\n",
    "spaces in a section": "[my web]\na\n",
    "blank": "\n\n",
    "unclosed quote": 'h x="a\n',
    "vars before the group": "[g:vars]\nx=1\n[g]\nh\n",
    "template": "h x={{y}}\n",
    "indented": "[web]\n  a x=1\n\tb\n",
    "host said twice": "a x=1\n[g]\na x=2\n",
    "long numbers": "h big=123456789012345678901234567890 exp=1e5 inf=inf und=1_0\n",
}

CASES: tuple[Case, ...] = (
    *(one(f"INI: {name}", "hosts", text) for name, text in _TABLE.items()),
    one("INI: .ini", "hosts.ini", "[web]\na x=1\n"),
    one("INI: another suffix", "hosts.inv", "[web]\na x=1\n"),
)
