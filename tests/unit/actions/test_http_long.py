"""The long form of `http`: query, credentials, certificates, redirects, and the way through a host."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook_engine.actions.http import HTTP, HttpAction
from playbook_engine.actions.registry import ACTIONS
from playbook_engine.diagnostics import Diagnostic, Problems, Source
from playbook_engine.language.expressions.compiler import ExpressionCompiler
from playbook_engine.language.reader import read
from playbook_engine.model.actions import Action, Addressing, addressing_of
from playbook_engine.model.expressions import ExpressionError
from playbook_engine.model.requests import Basic, Bearer, HttpRequest, Tls
from playbook_engine.model.targets import Control, Host, Target
from playbook_engine.values import Duration, Secret, SecretText, TargetName, Value, reveal

HOST = Host(name=TargetName("api-1"))
TOKEN = Secret("TOKEN", "t&k")


def load(text: str, source: str = "books/p.yml") -> tuple[Action | None, tuple[Diagnostic, ...]]:
    problems = Problems()
    document = read(Source(source, text), problems)
    assert document is not None
    assert document.root is not None
    return HTTP.read(document.root, ExpressionCompiler(problems), problems), problems.sorted()


def loaded(text: str) -> HttpAction:
    action, problems = load(text)
    assert not problems
    assert isinstance(action, HttpAction)
    return action


def made(text: str, names: dict[str, Value] | None = None, target: Target | None = None) -> HttpRequest:
    return loaded(text).request(names or {}, target or Control(), Duration(1000))


@pytest.mark.parametrize(
    ("text", "names", "url"),
    [
        ("{request: GET https://h/, query: {a: 1, b: true, c: ''}}", {}, "https://h/?a=1&b=true&c="),
        ("{request: GET https://h, query: {a: 1}}", {}, "https://h?a=1"),
        ("{request: GET https://h/?, query: {a: 1}}", {}, "https://h/?a=1"),
        ("{request: GET https://h/?z=0, query: {a: 1}}", {}, "https://h/?z=0&a=1"),
        ("{request: GET https://h/, query: {a: [1, '{{ x }}', 2]}}", {"x": "&"}, "https://h/?a=1&a=%26&a=2"),
        ("{request: GET https://h/, query: {'a b&': '{{ x }}'}}", {"x": "1=2 é"}, "https://h/?a%20b%26=1%3D2%20%C3%A9"),
        ("{request: 'GET {{ base }}', query: {a: 1}}", {"base": "https://h/p?q=1"}, "https://h/p?q=1&a=1"),
    ],
)  # fmt: skip
def test_a_query_is_added_to_the_url(text: str, names: dict[str, Value], url: str) -> None:
    assert made(text, names).url == url


@given(st.lists(st.text(st.characters(blacklist_categories=["Cs"])), min_size=1, max_size=4))
def test_no_value_leaves_its_place_in_the_query(values: list[str]) -> None:
    fields = ", ".join(f"n{n}: '{{{{ v{n} }}}}'" for n in range(len(values)))
    url = made(f"{{request: GET https://h/p, query: {{{fields}}}}}", {f"v{n}": v for n, v in enumerate(values)}).url

    assert isinstance(url, str)
    split = urlsplit(url)
    assert (split.netloc, split.path, split.fragment) == ("h", "/p", "")
    assert parse_qsl(split.query, keep_blank_values=True) == [(f"n{n}", value) for n, value in enumerate(values)]


def test_a_secret_in_the_query_is_encoded_and_stays_masked() -> None:
    request = made("{request: GET https://h/, query: {key: 'k {{ t }}', a: b}}", {"t": TOKEN})

    assert reveal(request.url) == "https://h/?key=k%20t%26k&a=b"
    assert request.summary() == "GET https://h/?key=k%20<secret TOKEN>&a=b"


@pytest.mark.parametrize(
    ("text", "names", "message"),
    [
        ("{request: GET https://h/?a=1, query: {a: 2}}", {}, "'a' stands in the URL and under 'query'"),
        ("{request: 'GET {{ u }}', query: {a: 2}}", {"u": "https://h/?a"}, "'a' stands in the URL and under 'query'"),
        ("{request: 'GET https://h/#x', query: {a: 2}}", {}, "the URL ends with a fragment (#…), behind which no query can stand"),
        ("{request: GET https://h/, query: {a: '{{ x }}'}}", {"x": "\ud800"}, "the value holds characters that cannot be sent in a URL"),
        ("{request: GET https://h/, auth: {bearer: '{{ x }}'}}", {"x": "plain"}, "the token does not come from a secret, so it would be shown"),
        ("{request: GET https://h/, auth: {bearer: '{{ x }}'}}", {"x": Secret("T", "a\nb")}, "the token holds a line end or a NUL character"),
        ("{request: GET https://h/, auth: {basic: {user: 'a:b', password: '{{ x }}'}}}", {"x": TOKEN}, "a user name for basic authentication holds no colon and no control character"),
        ("{request: 'GET {{ u }}', tls: {ca: x}}", {"u": "http://h/"}, "'tls' is given, and the URL does not begin with https://"),
        ("{request: GET https://h/, tls: {ca: '{{ x }}'}}", {"x": TOKEN}, "a path is shown, so it cannot be a secret"),
        ("{request: GET https://h/, tls: {ca: '{{ x }}'}}", {"x": "a\0"}, "a NUL character cannot be part of a path"),
        ("{request: GET https://h/, tls: {server_name: '{{ x }}'}}", {"x": "a b"}, "'a b' is not a host name"),
        ("{request: GET https://h/, via: ssh}", {}, "'via: ssh' sends the request through a host, and this is not carried out on hosts"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_used_is_an_error(text: str, names: dict[str, Value], message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        made(text, names)

    assert caught.value.message == message
    assert "t&k" not in message


def test_who_we_are_comes_from_secrets_and_is_masked() -> None:
    basic = made(
        "{request: GET https://h/, auth: {basic: {user: '{{ u }}', password: 'x{{ t }}'}}}", {"u": "ops", "t": TOKEN}
    )
    bearer = made("{request: GET https://h/, auth: {bearer: '{{ t }}'}}", {"t": TOKEN})

    assert basic.auth == Basic(user="ops", password=SecretText(("x", TOKEN)))
    assert bearer.auth == Bearer(token=SecretText((TOKEN,)))
    assert basic.summary() == "GET https://h/ auth: basic ops"
    assert bearer.summary() == "GET https://h/ auth: bearer"
    assert "t&k" not in f"{basic!r}{bearer!r}"


def test_certificates_count_from_the_playbooks_folder() -> None:
    text = "{request: GET https://h/, tls: {ca: ca.pem, cert: '{{ c }}', key: /etc/k.pem, server_name: '{{ n }}'}}"
    request = made(text, {"c": "../c.pem", "n": "api.internal"})

    assert request.tls == Tls(ca="books/ca.pem", cert="books/../c.pem", key="/etc/k.pem", server_name="api.internal")
    assert [(file.path, str(file.span)) for file in loaded(text).files] == [
        ("books/ca.pem", "books/p.yml:1:37"),
        ("/etc/k.pem", "books/p.yml:1:67"),
    ]


def test_follow_and_via_are_on_record() -> None:
    request = made("{request: GET http://localhost:9999/, via: ssh, follow: 3}", target=HOST)

    assert (request.follow, request.via_ssh, request.target) == (3, True, HOST)
    assert request.summary() == "GET http://localhost:9999/ follow: 3 via: ssh"


@pytest.mark.parametrize(
    ("text", "addressing"),
    [
        ("GET https://h/", Addressing.CONTROL),
        ("{request: GET https://h/}", Addressing.CONTROL),
        ("{request: GET https://h/, via: ssh}", Addressing.HOSTS),
    ],
)
def test_a_request_through_hosts_is_addressed_to_hosts(text: str, addressing: Addressing) -> None:
    assert addressing_of(loaded(text), ACTIONS) is addressing


def test_references_are_those_of_all_fields() -> None:
    text = (
        "{request: 'POST {{ a }}', query: {x: ['{{ b }}']}, auth: {basic: {user: '{{ c }}', password: '{{ d.e }}'}}, "
        "tls: {ca: '{{ f }}', server_name: '{{ g }}'}}"
    )

    assert sorted(found.name for found in loaded(text).references) == list("abcdfg")
    assert [found.name for found in loaded("{request: GET https://h/, auth: {bearer: '{{ e }}'}}").references] == [
        "e"
    ]


def test_the_source_is_what_the_author_wrote() -> None:
    action = loaded("{request: GET http://h/, via: ssh, query: {a: '{{ x }}'}}")

    assert action.source == 'GET http://h/ via: "ssh" query: {"a": "{{ x }}"}'


@pytest.mark.parametrize(
    ("fields", "code", "place", "message"),
    [
        ("query: [a]", "wrong-type", "1:34", "expected names with values, found a list"),
        ("query: {a: {b: c}}", "wrong-type", "1:38", "expected a value for 'a', found a mapping"),
        ("query: {a: [b, ~]}", "wrong-type", "1:42", "expected a value for 'a', found nothing"),
        ("auth: x", "wrong-type", "1:33", "expected {basic: …} or {bearer: …}, found the text 'x'"),
        ("auth: {}", "missing-key", "1:33", "'auth' needs 'basic' or 'bearer'"),
        ("auth: {bearer: abc}", "literal-secret", "1:42", "the token does not stand in a playbook"),
        ("auth: {basic: {user: a, password: b}}", "literal-secret", "1:61", "the password does not stand in a playbook"),
        ("auth: {basic: {user: a}}", "missing-key", "1:41", "'basic' needs 'password'"),
        ("auth: {basic: {user: a, password: '{{ b }}'}, bearer: '{{ c }}'}", "conflicting-keys", "1:73", "'auth' is 'basic' or 'bearer'"),
        ("auth: {bearer: '{{ t }}'}, headers: {authorization: x}", "conflicting-keys", "1:27", "'auth' and the header 'Authorization' say the same thing twice"),
        ("tls: {ca: 5}", "wrong-type", "1:37", "expected the path of a PEM file, found the number 5"),
        ("tls: {key: a}", "missing-key", "1:33", "'key' has no meaning without 'cert'"),
        ("tls: {verify: false}", "unknown-key", "1:33", "'verify' is not a field of tls"),
        ("follow: true", "wrong-value", "1:35", "expected a number of redirects from 1 to 10, found the boolean true"),
        ("follow: 11", "wrong-value", "1:35", "expected a number of redirects from 1 to 10, found the number 11"),
        ("via: tunnel", "wrong-value", "1:32", "expected ssh, found the text 'tunnel'"),
    ],
)  # fmt: skip
def test_a_mistake_is_reported_where_it_is(fields: str, code: str, place: str, message: str) -> None:
    _, problems = load(f"{{request: GET https://h/, {fields}}}", "p.yml")

    assert [(found.code, str(found.span), found.message) for found in problems] == [(code, f"p.yml:{place}", message)]


def test_certificates_have_no_meaning_for_plain_http() -> None:
    _, problems = load("{request: GET http://h/, tls: {ca: a}}")

    assert [(found.code, found.message) for found in problems] == [
        ("contradictory-field", "'tls' has no meaning for http://")
    ]
    assert not load("{request: GET http://h/, tls: {ca: a}, follow: 1}")[1]
