"""The small parts: paths of kinds, long text, ages, states of pods, names that look secret."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook_engine.transports.kubernetes.printing import Kept, age, bounded
from playbook_engine.transports.kubernetes.resources import RESOURCES, printed_name
from playbook_engine.transports.kubernetes.secrets import is_sensitive, veil
from playbook_engine.transports.kubernetes.tables import pod_status
from playbook_engine.values import Secret

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("pods", "/api/v1/namespaces/shop/pods/x/log"),
        ("nodes", "/api/v1/nodes/x/log"),
        ("deployments", "/apis/apps/v1/namespaces/shop/deployments/x/log"),
        ("ingresses", "/apis/networking.k8s.io/v1/namespaces/shop/ingresses/x/log"),
    ],
)
def test_paths_of_kinds(kind: str, path: str) -> None:
    assert RESOURCES[kind].path("shop", "x", "log") == path


def test_a_name_stays_one_step_of_a_path() -> None:
    assert RESOURCES["pods"].path("a/b", "c?d/../e") == "/api/v1/namespaces/a%2Fb/pods/c%3Fd%2F..%2Fe"
    assert RESOURCES["pods"].path() == "/api/v1/pods"


def test_every_kind_that_a_line_can_name_can_be_asked_for() -> None:
    from playbook_engine.actions.kubectl import kinds

    assert set(kinds._KINDS) <= set(RESOURCES)
    assert {kind for kind in kinds._KINDS if not RESOURCES[kind].namespaced} == kinds.CLUSTER_WIDE
    assert {kind: RESOURCES[kind].group for kind in kinds._GROUPS} == kinds._GROUPS
    assert all(printed_name(kind, "x").startswith(kinds.singular_of(kind)) for kind in kinds._KINDS)


def test_printed_names() -> None:
    assert printed_name("pods", "a") == "pod/a"
    assert printed_name("ingresses", "a") == "ingress.networking.k8s.io/a"


@given(chunks=st.lists(st.binary(max_size=40), max_size=20), keep=st.integers(1, 30))
def test_what_is_kept_is_the_beginning_and_the_end(chunks: list[bytes], keep: int) -> None:
    kept, whole = Kept(keep), b"".join(chunks)
    for chunk in chunks:
        kept.take(chunk)
    output = kept.output()
    assert output.size == len(whole)
    assert output.truncated is (len(whole) > 2 * keep)
    if output.truncated:
        assert output.head == whole[:keep].decode("utf-8", "backslashreplace")
        assert output.tail == whole[-keep:].decode("utf-8", "backslashreplace")
    else:
        assert output.head == whole.decode("utf-8", "backslashreplace")


def test_text_that_is_no_utf8() -> None:
    assert bounded("a\ud800b").head == "a\\ud800b"


@pytest.mark.parametrize(
    ("since", "text"),
    [(-5, "0s"), (0, "0s"), (119, "119s"), (120, "2m"), (7199, "119m"), (7200, "2h"), (172_800, "2d")],
)
def test_ages(since: int, text: str) -> None:
    created = (NOW - timedelta(seconds=since)).isoformat().replace("+00:00", "Z")
    assert age({"metadata": {"creationTimestamp": created}}, NOW) == text


@pytest.mark.parametrize("metadata", [None, {}, {"creationTimestamp": "soon"}, "x"])
def test_an_age_that_nobody_knows(metadata: Any) -> None:
    assert age({"metadata": metadata}, NOW) == "<unknown>"


@pytest.mark.parametrize(
    ("item", "text"),
    [
        ({"status": {"phase": "Running"}}, "Running"),
        ({"status": {"phase": "Failed", "reason": "Evicted"}}, "Evicted"),
        ({"metadata": {"deletionTimestamp": "x"}, "status": {"phase": "Running"}}, "Terminating"),
        (
            {"status": {"containerStatuses": [{"state": {"waiting": {"reason": "CrashLoopBackOff"}}}]}},
            "CrashLoopBackOff",
        ),
        ({"status": {"containerStatuses": [{"state": {"terminated": {"reason": "Completed"}}}]}}, "Completed"),
        ({}, "Unknown"),
    ],
)
def test_states_of_pods(item: Any, text: str) -> None:
    assert pod_status(item) == text


@pytest.mark.parametrize(
    ("variable", "value", "sensitive"),
    [
        ("SUPABASE_JWK", "", True),
        ("api_key", "", True),
        ("apiKey", "", True),
        ("TOKENS", "", True),
        ("DB_PASSWORD_FILE", "", True),
        ("DBPASSWORD", "", True),
        ("DATABASE_URL", "postgres://u:p@db/x", True),
        ("DATABASE_URL", "postgres://db/x", False),
        ("JWKS_CACHE_TTL_SECONDS", "60", False),
        ("SUPABASE_JWKS_URL", "https://x/keys", False),
        ("KEYBOARD", "", False),
        ("LOG_LEVEL", "debug", False),
    ],
)
def test_variables_that_look_secret(variable: str, value: str, sensitive: bool) -> None:
    assert is_sensitive(variable, value) is sensitive


def test_variables_are_hidden_wherever_a_pod_is_described() -> None:
    spec = {"containers": [{"name": "a", "env": [{"name": "KEY", "value": "k"}, {"name": "A", "value": "b"}]}]}
    hidden = {
        "containers": [
            {"name": "a", "env": [{"name": "KEY", "value": Secret("KEY", "k")}, {"name": "A", "value": "b"}]}
        ]
    }
    for wrap in (
        lambda inner: {"spec": inner},
        lambda inner: {"spec": {"template": {"spec": inner}}},
        lambda inner: {"spec": {"jobTemplate": {"spec": {"template": {"spec": inner}}}}},
    ):
        assert veil(wrap(spec)) == wrap(hidden)
    harmless = {"spec": {"containers": [{"name": "a"}, {"name": "b", "env": [{"name": "A", "value": "b"}]}]}}
    assert veil(harmless) is harmless
