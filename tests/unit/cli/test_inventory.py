"""`runbook inventory`: what goes to standard output, what to standard error, and the exit status."""

import json

import pytest
from commanding import Place
from vaulted import PASSWORD, VALUE, VALUE_IS

HOSTS = """\
all:
  children:
    web: {hosts: {web-2: , web-1: {port: 8080}}, vars: {port: 80}}
    db: {hosts: {db-1: }}
    empty:
"""


@pytest.fixture
def work(place: Place) -> Place:
    place.write("inventories/prod/hosts.yml", HOSTS)
    place.write("inventories/prod/group_vars/all.yml", "site: 北\nport: 1\n")
    return place


def test_the_list_is_json_alone(work: Place) -> None:
    work.write("inventories/prod/group_vars/nobody.yml", "x: 1\n")

    done = work.run("inventory", "list", "-i", "prod", environment={"PYTHONIOENCODING": "utf-8"})

    assert done.returncode == 0
    assert "nobody" in done.stderr
    shown = json.loads(done.stdout)
    assert shown["web"] == {"hosts": ["web-2", "web-1"]}
    assert shown["_meta"]["hostvars"]["web-1"] == {"port": 8080, "site": "北"}
    assert "北" in done.stdout


def test_a_stream_without_unicode_gets_escapes(work: Place) -> None:
    done = work.run("inventory", "host", "db-1", "-i", "prod", environment={"PYTHONIOENCODING": "ascii"})

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.isascii()
    assert json.loads(done.stdout) == {"port": 1, "site": "北"}


def test_several_inventories_and_a_limit(work: Place) -> None:
    done = work.run("inventory", "list", "-i", "prod", "-i", "web-9,", "--limit", "web-9,db")

    shown = json.loads(done.stdout)
    assert sorted(shown["_meta"]["hostvars"]) == ["db-1", "web-9"]
    assert shown["ungrouped"] == {"hosts": ["web-9"]}


def test_the_graph(work: Place) -> None:
    whole = work.run("inventory", "graph", "-i", "prod")
    part = work.run("inventory", "graph", "web", "-i", "prod", "--vars", "--limit", "web[0]")

    assert whole.stdout.splitlines()[:4] == ["@all:", "  |--@ungrouped:", "  |--@web:", "  |  |--web-2"]
    assert part.stdout.splitlines() == [
        "@web:",
        "  |--web-2",
        "  |  |--{port = 1}",
        "  |  |--{site = 北}",
        "  |--{port = 80}",
    ]


def test_where_a_hosts_variables_come_from(work: Place) -> None:
    done = work.run("inventory", "host", "web-1", "-i", "prod", "--origins")

    port = json.loads(done.stdout)["port"]
    assert (port["value"], port["origin"]) == (8080, "hosts.yml:3:36 (host web-1)")
    assert [each["value"] for each in port["overrode"]] == [80, 1]
    assert port["overrode"][1]["origin"] == "group_vars/all.yml:2:1 (group all)"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("host", "web-11"), "Did you mean 'web-1'?"),
        (("host", "web"), "runbook inventory graph web"),
        (("graph", "wbe"), "Did you mean 'web'?"),
        (("graph", "db-1"), "runbook inventory host db-1"),
        (("list", "--limit", "wbe"), "Did you mean 'web'?"),
        (("list", "--limit", "@failed"), "the last run of a playbook, and none is given"),
        (("list", "-i", "nowhere"), "nowhere"),
    ],
)
def test_a_wrong_word_is_an_error_and_nothing_else_is_printed(work: Place, words: tuple[str, ...], says: str) -> None:
    done = work.run("inventory", *words, "-i", "prod")

    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr


def test_an_inventory_without_hosts_can_be_looked_at(work: Place) -> None:
    work.write("inventories/prod/hosts.yml", "")

    done = work.run("inventory", "list", "-i", "prod")

    assert done.returncode == 0
    assert json.loads(done.stdout) == {"_meta": {"hostvars": {}}, "all": {"children": ["ungrouped"]}}


def test_a_decrypted_value_is_shown_nowhere(work: Place) -> None:
    lines = "\n".join(f"  {line}" for line in VALUE.splitlines())
    work.write("inventories/prod/group_vars/web.yml", f"token: !vault |\n{lines}\n")
    work.write("password", PASSWORD.decode())
    options = ("-i", "prod", "--vault-password-file", "password")

    for words in (("list",), ("graph", "--vars"), ("host", "web-1"), ("host", "web-1", "--origins")):
        done = work.run("inventory", *words, *options)
        assert done.returncode == 0, done.stderr
        assert "<secret token>" in done.stdout
        assert VALUE_IS not in done.stdout + done.stderr


@pytest.mark.timeout(60)
def test_ten_thousand_hosts_are_listed_at_once(work: Place) -> None:
    work.write(
        "inventories/large.yml", "all: {children: {web: {hosts: {'web-[00001:10000]': {a: 1}}, vars: {b: [1, 2]}}}}\n"
    )

    done = work.run("inventory", "list", "-i", "large")

    assert done.returncode == 0
    assert len(json.loads(done.stdout)["web"]["hosts"]) == 10_000
