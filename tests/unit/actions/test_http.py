"""The `http` action: request lines, payloads, and the requests that they make."""

from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook_engine.actions.http import HTTP
from playbook_engine.diagnostics import Diagnostic, Problems, Source
from playbook_engine.language.expressions.compiler import ExpressionCompiler
from playbook_engine.language.reader import read
from playbook_engine.model.actions import Action, Addressing, Effect
from playbook_engine.model.expressions import ExpressionError
from playbook_engine.model.requests import HttpRequest
from playbook_engine.model.targets import Cluster, Control, Host, Person, Target
from playbook_engine.values import Duration, Secret, SecretText, TargetName, Value, reveal


def load(text: str) -> tuple[Action | None, tuple[Diagnostic, ...]]:
    problems = Problems()
    document = read(Source("p.yml", text), problems)
    assert document is not None
    assert document.root is not None
    return HTTP.read(document.root, ExpressionCompiler(problems), problems), problems.sorted()


def loaded(text: str) -> Action:
    action, problems = load(text)
    assert not problems
    assert action is not None
    return action


def made(text: str, names: dict[str, Value] | None = None, target: Target | None = None) -> HttpRequest:
    request = loaded(text).request(names or {}, target or Control(), Duration(1000))
    assert isinstance(request, HttpRequest)
    return request


@pytest.mark.parametrize(
    ("method", "effect"),
    [
        ("GET", Effect.READS),
        ("HEAD", Effect.READS),
        ("OPTIONS", Effect.READS),
        ("POST", Effect.CHANGES),
        ("PUT", Effect.CHANGES),
        ("PATCH", Effect.CHANGES),
        ("DELETE", Effect.CHANGES),
    ],
)
def test_the_method_tells_the_effect(method: str, effect: Effect) -> None:
    action = loaded(f"{method} https://api.example/x")

    assert (action.kind, action.effect, action.effect_reason) == ("http", effect, f"HTTP {method}")
    assert action.default_timeout == Duration(10_000)
    assert HTTP.addressing is Addressing.CONTROL
    assert made(f"{method} https://api.example/x").method == method


@pytest.mark.parametrize(
    ("text", "names", "url"),
    [
        ("GET https://api.example/health", {}, "https://api.example/health"),
        ("GET   http://[::1]:8080/?a=1&b=%20  ", {}, "http://[::1]:8080/?a=1&b=%20"),
        ("GET {{ base }}/v1", {"base": "https://api.example:444/root"}, "https://api.example:444/root/v1"),
        ("GET {{ base }}", {"base": "https://api.example/a?b=c%20d"}, "https://api.example/a?b=c%20d"),
        ("GET https://api.example/u/{{ x }}/k", {"x": "a/b?c#d"}, "https://api.example/u/a%2Fb%3Fc%23d/k"),
        ("GET https://api.example/?q={{ x }}&r=1", {"x": "1&r=2 é"}, "https://api.example/?q=1%26r%3D2%20%C3%A9&r=1"),
        ("GET https://{{ host }}:{{ port }}/", {"host": "10.0.0.1", "port": 8443}, "https://10.0.0.1:8443/"),
        ("GET {{ scheme }}://{{ host }}/", {"scheme": "http", "host": "a.b"}, "http://a.b/"),
        ("GET https://api.example/{{ d['}}'] }}/{{ n }}", {"d": {"}}": "y"}, "n": 5}, "https://api.example/y/5"),
    ],
)
def test_a_value_is_treated_by_the_place_where_it_stands(text: str, names: dict[str, Value], url: str) -> None:
    assert made(text, names).url == url


@given(st.text(st.characters(blacklist_categories=["Cs"]), min_size=1).filter(lambda text: text not in {".", ".."}))
def test_no_value_leaves_its_place_in_the_url(value: str) -> None:
    url = made("GET https://api.example/a/{{ x }}/b?c={{ x }}&d=1", {"x": value}).url

    assert isinstance(url, str)
    split = urlsplit(url)
    assert (split.scheme, split.netloc, split.fragment) == ("https", "api.example", "")
    assert [unquote(part) for part in split.path.split("/")] == ["", "a", value, "b"]
    assert [unquote(part) for part in split.query.split("&")] == [f"c={value}", "d=1"]


def test_a_secret_in_a_url_is_encoded_and_stays_masked() -> None:
    request = made("POST https://api.example/{{ s }}?t={{ t }}", {"s": Secret("S", "a/b"), "t": SecretText(("x y", Secret("T", "&")))})  # fmt: skip

    assert isinstance(request.url, SecretText)
    assert reveal(request.url) == "https://api.example/a%2Fb?t=x%20y%26"
    assert request.summary() == "POST https://api.example/<secret S>?t=x%20y<secret T>"


@pytest.mark.parametrize(
    ("text", "names", "message"),
    [
        ("GET {{ base }}/x", {"base": "ftp://a.example"}, "the URL 'ftp://a.example/x' begins with neither http:// nor https://"),
        ("GET {{ base }}/x", {"base": "api.example"}, "the URL 'api.example/x' begins with neither http:// nor https://"),
        ("GET {{ base }}/x", {"base": "https:///only-a-path"}, "the URL 'https:///only-a-path/x' names no host"),
        ("GET {{ base }}/x", {"base": "https://me:pw@a.example"}, "the URL 'https://…@a.example/x' holds a user name or a password"),
        ("GET {{ base }}/x", {"base": "https://a.example:99999"}, "the URL 'https://a.example:99999/x' has a host or port that is not valid"),
        ("GET {{ base }}/x", {"base": "https://a.example\\evil"}, "the URL 'https://a.example\\evil/x' has a host or port that is not valid"),
        ("GET {{ base }}/x", {"base": "https://a.example\n"}, "the URL 'https://a.example\n/x' holds a blank or a control character"),
        ("GET https://{{ h }}/x", {"h": "a.example/y?"}, "'a.example/y?' cannot be part of a host name"),
        ("GET https://{{ h }}/x", {"h": "me@a.example"}, "'me@a.example' cannot be part of a host name"),
        ("GET https://{{ h }}/x", {"h": Secret("H", "a b")}, "it cannot be part of a host name"),
        ("GET https://a.example/{{ p }}/x", {"p": ".."}, "'..' would change the path of the URL"),
        ("GET https://a.example/{{ p }}", {"p": "\ud800"}, "the value holds characters that cannot be sent in a URL"),
        ("GET {{ base }}", {"base": Secret("B", "s3cr3t")}, "the URL '<secret B>' begins with neither http:// nor https://"),
    ],
)  # fmt: skip
def test_a_value_that_spoils_the_url_is_an_error(text: str, names: dict[str, Value], message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        made(text, names)

    assert caught.value.message == message
    assert str(caught.value.span) in ("p.yml:1:5", "p.yml:1:13", "p.yml:1:23")


def test_the_long_form_renders_headers_and_json_with_types() -> None:
    request = made(
        """
        request: POST https://api.example/flush
        headers: {Authorization: "Bearer {{ s }}", X-Count: 3}
        json: {region: "{{ r }}", n: "{{ n }}", list: ["a {{ n }}", 1, true, ~], deep: {all: "{{ d }}", s: "{{ s }}"}}
        """,
        {"s": Secret("S", "k"), "r": "eu", "n": 7, "d": {"x": [1.5]}},
    )

    assert [(name, reveal(value)) for name, value in request.headers] == [("Authorization", "Bearer k"), ("X-Count", "3")]  # fmt: skip
    assert request.has_json
    assert request.json == {
        "region": "eu",
        "n": 7,
        "list": ["a 7", 1, True, None],
        "deep": {"all": {"x": [1.5]}, "s": Secret("S", "k")},
    }
    assert "Bearer k" not in f"{request!r}"


@pytest.mark.parametrize(
    ("payload", "json", "has_json", "form", "body"),
    [
        ("json: ~", None, True, (), None),
        ("json: []", [], True, (), None),
        ('json: "{{ n }}"', 5, True, (), None),
        ('form: {a: "{{ n }}", b: true}', None, False, (("a", "5"), ("b", "true")), None),
        ('body: "n={{ n }}"', None, False, (), "n=5"),
        ('body: ""', None, False, (), ""),
    ],
)
def test_a_payload_is_json_form_or_body(
    payload: str, json: Value, has_json: bool, form: tuple[tuple[str, str], ...], body: str | None
) -> None:
    request = made(f"request: PUT https://api.example/\n{payload}", {"n": 5})

    assert (request.json, request.has_json, request.form, request.body) == (json, has_json, form, body)


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\n", Secret("S", "a\0")])
def test_a_value_cannot_begin_another_header(value: Value) -> None:
    with pytest.raises(ExpressionError, match="header 'X-A' holds a line end"):
        made('{request: GET https://api.example/, headers: {X-A: "{{ v }}"}}', {"v": value})


@pytest.mark.parametrize("value", [float("nan"), [1, float("inf")], {"a": (float("-inf"),)}])
def test_what_json_has_no_word_for_is_an_error(value: Value) -> None:
    with pytest.raises(ExpressionError, match="cannot be written as JSON"):
        made('{request: POST https://api.example/, json: {x: "{{ v }}"}}', {"v": value})


def test_references_are_those_of_all_templates() -> None:
    text = """{request: "POST {{ a }}/{{ b.c }}", headers: {X: "{{ d }}"}, json: {k: ["{{ e }}"], l: 1}}"""

    assert [found.name for found in loaded(text).references] == ["a", "b", "d", "e"]
    assert [found.name for found in loaded('{request: POST https://h/, form: {k: "{{ e }}"}}').references] == ["e"]
    assert [found.name for found in loaded('{request: POST https://h/, body: "{{ e }}"}').references] == ["e"]


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("  GET   {{ a }}/x ", "GET {{ a }}/x"),
        ("{json: {k: [日, 1]}, request: POST https://h/}", 'POST https://h/ json: {"k": ["日", 1]}'),
    ],
)
def test_the_source_is_the_authors_text_on_one_line(text: str, source: str) -> None:
    assert loaded(text).source == source


def test_it_is_sent_from_here_in_the_name_of_a_host() -> None:
    host = Host(name=TargetName("api-1"))

    assert made("GET https://h/", target=host).target == host


@pytest.mark.parametrize("target", [Person(), Cluster(name=TargetName("main"))])
def test_it_cannot_be_addressed_to_what_is_no_machine(target: Target) -> None:
    with pytest.raises(TypeError, match="cannot be addressed"):
        loaded("GET https://h/").request({}, target, Duration(1))


@pytest.mark.parametrize(
    ("text", "code", "place", "message"),
    [
        ("https://h/", "missing-method", "1:1", "expected an HTTP method in front of the URL"),
        ("'{{ a }}/x'", "missing-method", "1:2", "expected an HTTP method in front of the URL"),
        ("get https://h/", "unknown-method", "1:1", "'get' is not an HTTP method"),
        ("  PSOT https://h/", "unknown-method", "1:3", "'PSOT' is not an HTTP method"),
        ("GET", "missing-url", "1:1", "expected a URL behind GET"),
        ("GET h/", "invalid-url", "1:5", "the URL begins with neither http:// nor https://"),
        ("GET https://", "invalid-url", "1:5", "the URL names no host"),
        ("GET https://u:p@h/", "invalid-url", "1:5", "the URL holds a user name or a password"),
        ("GET https://{{ u }}@h/", "invalid-url", "1:5", "the URL holds a user name or a password"),
        ("GET https://h:0/", "invalid-url", "1:5", "the URL has a host or port that is not valid"),
        ("GET https://h:x/", "invalid-url", "1:5", "the URL has a host or port that is not valid"),
        ("GET https://[::1/", "invalid-url", "1:5", "the URL has a host or port that is not valid"),
        ("GET https://h/ a", "invalid-url", "1:15", "a URL holds no blanks; write %20 for a space"),
        ("GET {{ a }}/x y", "invalid-url", "1:14", "a URL holds no blanks; write %20 for a space"),
        ("GET https://h/{{ a", "template-unclosed", "1:15", "this {{ is never closed"),
        ("5", "wrong-type", "1:1", "expected a method and a URL, such as 'GET https://example.org/health', found the number 5"),
        ("{json: 1}", "missing-key", "1:1", "http needs 'request', such as 'GET https://example.org/health'"),
        ("{request: GET https://h/, heders: {}}", "unknown-key", "1:27", "'heders' is not a field of http"),
        ("{request: GET https://h/, headers: [a]}", "wrong-type", "1:36", "expected header names with values, found a list"),
        ("{request: GET https://h/, headers: {A b: c}}", "invalid-header", "1:37", "'A b' is not a header name"),
        ("{request: GET https://h/, headers: {Content-Length: 1}}", "invalid-header", "1:37", "'Content-Length' is set by runbook itself"),
        ("{request: GET https://h/, headers: {A: b, a: c}}", "duplicate-key", "1:43", "header 'a' is given twice; case makes no difference"),
        ("{request: GET https://h/, headers: {A: ~}}", "wrong-type", "1:40", "expected a value for 'A', found nothing"),
        ("{request: GET https://h/, body: x}", "body-not-allowed", "1:27", "a GET request has no body"),
        ("{request: POST https://h/, body: x, json: 1}", "conflicting-keys", "1:37", "'body' and 'json' exclude each other"),
        ("{request: POST https://h/, form: x}", "wrong-type", "1:34", "expected form fields with values, found the text 'x'"),
        ("{request: POST https://h/, body: [x]}", "wrong-type", "1:34", "expected a text, found a list"),
        ("{request: POST https://h/, json: {'{{ a }}': 1}}", "template-in-key", "1:35", "a key of 'json' is fixed text; only values can be templates"),
    ],
)  # fmt: skip
def test_a_mistake_is_reported_where_it_is(text: str, code: str, place: str, message: str) -> None:
    _, problems = load(text)

    assert [(found.code, str(found.span), found.message) for found in problems] == [(code, f"p.yml:{place}", message)]


def test_all_mistakes_are_reported_at_once() -> None:
    action, problems = load("""{request: GTE https://h/, headers: {"A B": "{{ x"}, json: ["{{ y", {k: "{{ z"}]}""")

    assert action is None
    assert [found.code for found in problems] == [
        "unknown-method",
        "invalid-header",
        "template-unclosed",
        "template-unclosed",
        "template-unclosed",
    ]


def test_the_nearest_method_is_named() -> None:
    _, problems = load("PSOT https://h/")

    assert problems[0].hint == "Did you mean 'POST'?"
