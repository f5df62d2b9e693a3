"""The tables of filters, tests and methods: what each entry gives, and how it fails."""

import inspect
from collections.abc import Callable

import pytest

from playbook_engine.language.expressions.filters import FILTERS
from playbook_engine.language.expressions.methods import METHODS
from playbook_engine.language.expressions.tests import TESTS
from playbook_engine.model.expressions import Expression, ExpressionError
from playbook_engine.values import Names, Secret, SecretText, Value

Compile = Callable[[str], Expression]
NAMES: Names = {
    "pods": [
        {"name": "b", "meta": {"cpu": 20}, "ready": True},
        {"name": "a", "meta": {"cpu": 80}, "ready": False, "note": "slow"},
    ],
    "text": "one\r\ntwo\n",
    "key": Secret("KEY", "hunter2\n"),
    "numbers": [15, 20, 35, 40, 50],
    "inf": float("inf"),
    "run": {"started": "2026-11-20T03:00:00+00:00"},
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pods | map(attribute='meta.cpu')", [20, 80]),
        ("pods | map(attribute='note', default='-')", ["-", "slow"]),
        ("['1', ' 2'] | map('int') | sum", 3),
        ("['a-b'] | map('replace', '-', '')", ["ab"]),
        ("pods | selectattr('ready') | map(attribute='name')", ["b"]),
        ("pods | rejectattr('ready') | map(attribute='name')", ["a"]),
        ("pods | selectattr('meta.cpu', 'gt', 50) | map(attribute='name')", ["a"]),
        ("pods | selectattr('note', 'defined') | length", 1),
        ("pods | selectattr('note', 'undefined') | length", 1),
        ("pods | sort('name') | map(attribute='name')", ["a", "b"]),
        ("pods | sort(attribute='meta.cpu', reverse=true) | map(attribute='name')", ["a", "b"]),
        ("numbers | select('divisibleby', 20)", [20, 40]),
        ("numbers | reject('gt', 20)", [15, 20]),
        ("['a1', 'b'] | select('match', 'a\\d')", ["a1"]),
        ("numbers | percentile(0)", 15),
        ("numbers | percentile(30)", 20),
        ("numbers | percentile(50)", 35),
        ("numbers | percentile(100)", 50),
        ("numbers | min + numbers | max", 65),
        ("['b', 'a'] | min", "a"),
        ("[1, '1', true, 1.0, [1], [1], {'a': 1}, {'a': 1}, none] | unique", [1, "1", True, [1], {"a": 1}, None]),
        ("'abc' | reverse", "cba"),
        ("[] | sum", 0),
        ("[] | avg | default(0)", 0),
        ("2.5 | round", 2),
        ("2.71 | round(1, 'ceil')", 2.8),
        ("2.79 | round(1, 'floor')", 2.7),
        ("2.1 | round(method='ceil')", 3),
        ("7 | round(2)", 7),
        ("4.0 | int", 4),
        ("'+4' | int", 4),
        ("'1e3' | float", 1000.0),
        ("'.5' | float", 0.5),
        ("'12 %' | percent", 12.0),
        ("'1d' | duration", 86400.0),
        ("text | lines", ["one", "two"]),
        ("'' | lines", []),
        ("'a\\n\\nb' | lines", ["a", "", "b"]),
        ("'[1, null, true]' | json", [1, None, True]),
        ("'名' | tojson", '"名"'),
        ("pods[0].meta | tojson", '{"cpu": 20}'),
        ("'http://[::1]:80/' | url_host", "::1"),
        ("'HTTPS://User@Example.COM' | url_host", "example.com"),
        ("'postgres://u:p%40ss%2F@h1:1,[::1]:2/d?sslmode=require' | url_password", "p@ss/"),
        (
            "'postgres://u:p%40ss%2F@h1:1,[::1]:2/d?sslmode=require' | url_without_password",
            "postgres://u@h1:1,[::1]:2/d?sslmode=require",
        ),
        ("'postgres://h/d?password=a%20b&x=1' | url_password", "a b"),
        ("'postgres://h/d?password=a%20b&x=1' | url_without_password", "postgres://h/d?x=1"),
        ("'postgres://h/d?x=1&password=a' | url_without_password", "postgres://h/d?x=1"),
        ("'postgres://u@h/d' | url_password", ""),
        ("'postgres:///d' | url_without_password", "postgres:///d"),
        ("true | string", "true"),
        ("'a  b'.split()", ["a", "b"]),
        ("'a,b,c'.split(',', 1)", ["a", "b,c"]),
        ("'xxaxx'.strip('x')", "a"),
        ("{'a': 1}.get('a')", 1),
        ("{'a': 1}.get('b')", None),
        ("'c' is in 'abc'", True),
        ("'c' is in {'a': 1}", False),
        ("none in [1, none]", True),
        ("'b' not in ['a']", True),
        ("1 is in []", False),
        ("key is string", True),
        ("key is iterable", False),
        ("true is number", False),
        ("true is integer", False),
        ("1 == 1.0", True),
        ("1 != none", True),
        ("none == none", True),
        ("[1, 2] == [1, 3]", False),
        ("[1, '1'] == [1, 1]", False),
        ("(1, 2) == [1, 2]", True),
        ("{'a': [1]} == {'a': [1]}", True),
        ("key == 'hunter2\\n'", True),
        ("key | trim == 'hunter2'", True),
        ("'a' < 'b'", True),
        ("'a' ~ 1 ~ 1.5 ~ true", "a11.5true"),
        ("none | default('x')", "x"),
        ("{'a': none}.a | default(1)", 1),
        ("pods | sum('meta.cpu')", 100),
        ("pods | avg(attribute='meta.cpu')", 50.0),
        ("(pods | max('meta.cpu')).name", "a"),
        ("(pods | min('meta.cpu')).name", "b"),
        ("pods | unique('ready') | length", 2),
        ("pods | groupby('name') | map(attribute='grouper')", ["a", "b"]),
        ("[{'k': 2}, {'k': 1}, {'k': 2}] | groupby('k') | map(attribute='list') | map('length')", [1, 2]),
        ("[[1, [2, [3]]], 4, []] | flatten", [1, 2, 3, 4]),
        ("[1, 1, 2] | union([2, 3, 3])", [1, 2, 3]),
        ("[3, 1, 1, 2] | intersect([1, 3])", [3, 1]),
        ("[1, '1', true, 1] | difference([1])", ["1", True]),
        ("[[1], {'a': 2}] | difference([{'a': 2}])", [[1]]),
        ("{'b': 1, 'a': [2]} | dictsort", [["a", [2]], ["b", 1]]),
        ("{'b': 1} | items", [["b", 1]]),
        ("'a b  c' | split", ["a", "b", "c"]),
        ("text | lines | map('split', 'n')", [["o", "e"], ["two"]]),
        ("'ab' | truncate(2)", "ab"),
        ("'abc' | truncate(2)", "a…"),
        ("'abc' | truncate(2, '')", "ab"),
        ("'名字' | b64encode | b64decode", "名字"),
        ("'aGVs\nbG8=\n' | b64decode", "hello"),
        ("'abc' | regex_search('b')", "b"),
        (r"'a=1 b=22' | regex_search('b=(?P<n>\d+)', 'n') | int", 22),
        ("'abc' | regex_search('x') | default('-')", "-"),
        ("'ac' | regex_search('a(b)?c', 1) | default('-')", "-"),
        (r"'a1b2' | regex_findall('[a-z]\d')", ["a1", "b2"]),
        (r"'a1b2' | regex_findall('([a-z])(\d)')", [["a", "1"], ["b", "2"]]),
        ("'ab' | regex_findall('(a)|b')", ["a", ""]),
        ("'a-b' | regex_replace('(\\w)-(\\w)', '\\2-\\1')", "b-a"),
        ("'abc' | regex_replace('', '-')", "-a-b-c-"),
        (r"['a1', 'b2'] | map('regex_replace', '\d', '')", ["a", "b"]),
        ("'2026-11-20T03:00:00Z' | since('2026-11-20T03:00:00.5Z')", 0.5),
        ("'Fri, 20 Nov 2026 03:00:00 GMT' | since('2026-11-20T04:00:00+01:00')", 0.0),
        ("0 | since('1970-01-02T00:00:00Z')", 86400.0),
        ("'2026-11-20T03:00:00Z' | since(1795143601.5)", 1.5),
        ("run.started | since", 0.0),
        ("'2026-11-20T02:00:00Z' | since", 3600.0),
        ("'2026-11-20T04:00:00Z' | since < 0", True),
        ("['2026-11-20T02:00:00Z'] | map('since', run.started)", [3600.0]),
        ("'1.9' is version('1.10', '<')", True),
        ("'v1.0' is version('1.0.0')", True),
        ("'2.0-rc.1' is version('2.0', '<')", True),
        ("'2.0-rc.2' is version('2.0-rc.10', '<')", True),
        ("'2.0-alpha' is version('2.0-beta', '>=')", False),
        ("'1.27.3+k3s1' is version('1.27.3', '==')", True),
        ("'v1.27.3-gke.100' is version('1.27.3', '>=')", True),
        ("'5.15.0-91-generic' is version('5.15.0-100-generic', '<')", True),
        ("'5.15.0-91-generic' is version('5.15', '>')", True),
        ("'1.0~deb11u1' is version('1.0', '<')", True),
        ("'3.13.0a2' is version('3.13.0b1', '<')", True),
        ("'3.13.0rc1' is version('3.13', '<')", True),
        ("['1.9', '1.10'] | select('version', '1.9', '>')", ["1.10"]),
        ("pods | map(attribute='ready') is any", True),
        ("pods | map(attribute='ready') is all", False),
        ("[] is all", True),
        ("[] is any", False),
        ("pods | selectattr('meta', 'contains', 'cpu') | length", 2),
        ("'abc' is contains 'b'", True),
        ("true is true", True),
        ("true is false", False),
        ("'AB1' is upper", True),
        ("'aB' is lower", False),
    ],
)
def test_gives(compiled: Compile, text: str, expected: Value) -> None:
    found = compiled(text).evaluate(NAMES)

    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("'12x' | int", "the text '12x' is not a whole number"),
        ("'1_000' | int", "the text '1_000' is not a whole number"),
        ("'１２' | int", "the text '１２' is not a whole number"),
        ("4.5 | int", "4.5 is not a whole number"),
        ("true | int", "true is not a whole number"),
        ("inf | int", "inf is not a whole number"),
        ("'nan' | float", "the text 'nan' is not a number"),
        ("none | float", "nothing (none) is not a number"),
        ("'95' | percent", "the text '95' is not a percentage; expected something like 95.8%"),
        ("'10 M' | size", "the text '10 M' is not a size; expected 512KiB, 10MiB or 1GB"),
        ("'' | duration", "the text '' is not a duration; expected 500ms, 30s, 5m or 1h30m"),
        (
            "'{' | json",
            "the text '{' is not JSON: Expecting property name enclosed in double quotes at line 1, column 2",
        ),
        (
            "'example.com' | url_host",
            "the text 'example.com' is not a URL with a host; expected something like https://example.com/",
        ),
        (
            "'http://[' | url_host",
            "the text 'http://[' is not a URL with a host; expected something like https://example.com/",
        ),
        (
            "'host=h user=u' | url_password",
            "the text 'host=h user=u' is not a URL; expected something like postgresql://user:password@host/name",
        ),
        ("[] | first", "`first` has nothing to take: the list is empty"),
        ("[] | max", "`max` has nothing to take: the list is empty"),
        ("'abc' | first", "`first` needs a list, got the text 'abc'"),
        ("5 | length", "`length` needs text, a list or a mapping, got the number 5"),
        ("5 | upper", "`upper` needs text, got the number 5"),
        ("5.upper()", None),
        ("['a', 1] | sort", "`sort` needs numbers only or texts only, and found the number 1"),
        (
            "pods | sort",
            "`sort` needs numbers only or texts only, and found the mapping {'name': 'b', 'meta': {'cpu': 20}, 'ready': true}",
        ),
        ("[true] | sum", "`sum` of a list needs a number, got true"),
        ("['1'] | avg", "`avg` of a list needs a number, got the text '1'"),
        ("numbers | percentile(101)", "the rank of `percentile` is between 0 and 100, not 101"),
        ("1.5 | round(1, 'up')", "`round` knows the methods common, floor and ceil, not the text 'up'"),
        ("1.5 | round(-1)", "`round` keeps between 0 and 300 digits, not -1"),
        ("inf | round", "inf cannot be rounded to 0 digits"),
        ("pods | map(attribute='note')", "an item has no 'note'"),
        ("pods | map(attribute='meta.mem')", "'meta.mem' of an item has no 'mem'"),
        ("pods | selectattr('name')", "expected true or false, got the text 'b'"),
        ("5 | select('odd')", "`select` needs a list, got the number 5"),
        ("['a'] | select('odd')", "`odd` needs a whole number, got the text 'a'"),
        ("3 is divisibleby 0", "nothing is divisible by zero"),
        ("5.5 is even", "`even` needs a whole number, got the number 5.5"),
        ("none | string", "the expression has no value (none)"),
        ("[[1]] | join", "the list [1] cannot be put into a text as it is"),
        ("none ~ 'a'", "the expression has no value (none)"),
        ("'a'.split('')", "`split` needs a separator that is not empty"),
        (
            "pods.keys()",
            ".keys() needs a mapping, got the list [{'name': 'b', 'meta': {'cpu': 20}, 'ready': true}, {'name': 'a', 'meta': {'cpu…",
        ),
        ("1 == '1'", "the number 1 and the text '1' are of different kinds and cannot be compared"),
        ("1 == true", "the number 1 and true are of different kinds and cannot be compared"),
        ("1 is eq '1'", "the number 1 and the text '1' are of different kinds and cannot be compared"),
        ("1 < '2'", "the number 1 and the text '2' have no order"),
        ("true < false", "true and false have no order"),
        ("[1] < [2]", "the list [1] and the list [2] have no order"),
        ("1 + 'a'", "`+` takes two numbers, two texts or two lists, not the number 1 and the text 'a'"),
        ("true + 1", "`+` takes two numbers, two texts or two lists, not true and the number 1"),
        ("'%s' % 1", "`%` needs a number, got the text '%s'"),
        ("-'a'", "`-` needs a number, got the text 'a'"),
        ("1 in 'a1'", "`in` looks for text here, got the number 1"),
        ("1 in 5", "`in` needs a list, a mapping or text on its right, got the number 5"),
        ("'200' in [200]", "the list holds a number, so it cannot contain the text '200'"),
        ("key | upper", "`upper` needs text, got <secret KEY>"),
        ("key | length", "`length` needs text, a list or a mapping, got <secret KEY>"),
        ("key | lines", "`lines` needs text, got <secret KEY>"),
        ("key | string", "`string` needs text, got <secret KEY>"),
        ("[key] | join", "`string` needs text, got <secret KEY>"),
        ("[key] | unique", "`unique` needs values that are not secret, got <secret KEY>"),
        ("[key] | sort", "`sort` needs numbers only or texts only, and found <secret KEY>"),
        ("{'a': key} | tojson", "<secret KEY> cannot be written as JSON"),
        ("key < 'a'", "<secret KEY> and the text 'a' have no order"),
        ("key is search('h')", "`search` needs text, got <secret KEY>"),
        ("'h' in key", "`in` needs a list, a mapping or text on its right, got <secret KEY>"),
        ("key[0]", "key is <secret KEY>, it has no part [0]"),
        ("key.upper()", ".upper() needs text, got <secret KEY>"),
        ("key | b64encode", "`b64encode` needs text, got <secret KEY>"),
        ("key | sha256", "`sha256` needs text, got <secret KEY>"),
        ("[key] | difference([])", "`difference` needs values that are not secret, got <secret KEY>"),
        ("key | regex_search('h')", "`regex_search` needs text, got <secret KEY>"),
        ("'a' is true", "expected true or false, got the text 'a'"),
        ("[true, 1] is any", "expected true or false, got the number 1"),
        ("[false, 1] is all", "expected true or false, got the number 1"),
        ("'abc' | regex_search('x')", "nothing in the text 'abc' matches 'x'"),
        ("'abc' | regex_search('a', 1)", "'a' has no group 1"),
        ("'abc' | regex_search('a', 'n')", "'a' has no group 'n'"),
        (
            "'abc' | regex_replace('a', '\\2')",
            "'\\\\2' cannot be put in place of a match: invalid group reference 2 at position 1",
        ),
        ("'a' | b64decode", "the text 'a' is not base64"),
        ("'a*b=' | b64decode", "the text 'a*b=' is not base64"),
        ("'/w==' | b64decode", "the text '/w==' does not hold text in UTF-8"),
        ("'abc' | truncate(0)", "`truncate` to 0 characters leaves no room for the text '…'"),
        ("'2026-11-20T03:00:00' | since", "the text '2026-11-20T03:00:00' does not say in which time zone it is"),
        (
            "'soon' | since",
            "the text 'soon' is not a point in time; expected 2026-11-20T03:00:00Z, Fri, 20 Nov 2026 03:00:00 GMT, or the seconds since 1970",
        ),
        ("none | since", "`since` needs a number, got nothing (none)"),
        ("['2026-11-20T02:00:00Z'] | map('since')", "`since` needs the other point in time here"),
        ("'1.*' is version('1.0')", "the text '1.*' is not a version such as 1.2.3 or v2.0-rc.1"),
        ("'1.0' is version('1.0', '=>')", "`version` knows ==, !=, <, <=, >, >=, not the text '=>'"),
        ("5 | flatten", "`flatten` needs a list, got the number 5"),
        ("pods | groupby('note')", "an item has no 'note'"),
        ("[1] | items", "`items` needs a mapping, got the list [1]"),
    ],
)
def test_fails_loudly(compiled: Compile, text: str, message: str | None) -> None:
    if message is None:
        text, message = "(5).upper()", ".upper() needs text, got the number 5"

    with pytest.raises(ExpressionError) as caught:
        compiled(text).evaluate(NAMES)

    assert caught.value.message == message
    assert "hunter2" not in f"{caught.value.message} {caught.value.hint}"


def test_a_text_with_a_secret_in_it_stays_secret(compiled: Compile) -> None:
    found = compiled("'apikey: ' ~ (key | trim)").evaluate(NAMES)

    assert isinstance(found, SecretText)
    assert str(found) == "apikey: <secret KEY>"
    assert found.reveal() == "apikey: hunter2"


def test_arguments_are_called_what_the_functions_call_them() -> None:
    """Filters take arguments by name, so the names in the table must be those of the functions."""
    for entry in FILTERS.values():
        if entry.run is not None:
            parameters = list(inspect.signature(entry.run).parameters)[1:]

            assert parameters == [*entry.required, *entry.optional], entry.name


@pytest.mark.parametrize(
    "entry", [*FILTERS.values(), *TESTS.values(), *METHODS.values()], ids=lambda entry: entry.name
)
def test_every_function_takes_as_many_arguments_as_its_entry_says(entry: object) -> None:
    from playbook_engine.language.expressions.entries import Entry

    assert isinstance(entry, Entry)
    assert entry.doc.endswith(".")
    if entry.run is not None:
        parameters = list(inspect.signature(entry.run).parameters.values())[1:]
        required = [each for each in parameters if each.default is inspect.Parameter.empty]

        assert len(parameters) == len(entry.required) + len(entry.optional)
        assert len(required) == len(entry.required)


def test_the_parts_of_a_secret_url_are_secrets(compiled: Compile) -> None:
    names = {"url": Secret("DATABASE_URL", "postgresql://ana:hunter%32@db/app\n")}
    parts = [compiled(f"url | {word}").evaluate(names) for word in ("url_password", "url_without_password")]

    assert [part.reveal() for part in parts if isinstance(part, Secret)] == ["hunter2", "postgresql://ana@db/app"]
    with pytest.raises(ExpressionError) as caught:
        compiled("url | url_password").evaluate({"url": Secret("DATABASE_URL", "host=db password=hunter2")})
    assert "hunter2" not in caught.value.message
