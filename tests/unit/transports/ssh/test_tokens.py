"""What stands for something else in values of the configuration, and which hosts a ProxyJump means."""

import os
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook_engine.transports.ssh import config_text
from playbook_engine.transports.ssh.config_rules import fits
from playbook_engine.transports.ssh.config_tokens import PATHS, PROGRAMS, Tokens
from playbook_engine.transports.ssh.config_values import Answers
from playbook_engine.transports.ssh.faults import Unable
from playbook_engine.transports.ssh.handshake import narrowed
from playbook_engine.transports.ssh.hops import Hop, hops

TOKENS = Tokens(
    host="10.0.0.1", typed="web", port=2222, user="ops", local_user="me", home=Path("/home/me"), known_as="cluster"
)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("~/.ssh/id_%r@%h", "/home/me/.ssh/id_ops@10.0.0.1"),
        ("%d/%n-%p-%u", "/home/me/web-2222-me"),
        ("/k/%%h", "/k/%h"),
        ("/k/%k-%i", f"/k/cluster-{os.getuid()}"),
        ("${KEYS}/id", "/from/environment/id"),
        ("relative", "relative"),
    ],
)
def test_names_of_files(text: str, path: str) -> None:
    assert TOKENS.path(text, {"KEYS": "/from/environment"}) == Path(path)


@pytest.mark.parametrize("text", ["%z", "100%", "%T"])
def test_tokens_that_mean_nothing(text: str) -> None:
    with pytest.raises(Unable, match="means nothing"):
        TOKENS.expanded(text, PATHS)
    with pytest.raises(Unable, match="not set"):
        TOKENS.path("${NOT_THERE}", {})


def test_programs_get_fewer() -> None:
    assert TOKENS.program("nc -X %r %h %p %n %%") == "nc -X ops 10.0.0.1 2222 web %"
    with pytest.raises(Unable):
        TOKENS.expanded("%d", PROGRAMS)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("bastion", (Hop("bastion"),)),
        ("ops@bastion:2222, next", (Hop("bastion", "ops", 2222), Hop("next"))),
        ("ssh://u@b:1/", (Hop("b", "u", 1),)),
        ("[::1]:22", (Hop("::1", None, 22),)),
        ("a@b@c", (Hop("c", "a@b"),)),
    ],
)
def test_hops(text: str, found: tuple[Hop, ...]) -> None:
    assert hops(text) == found
    assert hops(",".join(map(str, found))) == found


@pytest.mark.parametrize("text", ["", "a b", "-J", "b:0", "b:99999", "@b", "a,,b", "[b]:x", "::1"])
def test_no_hops(text: str) -> None:
    with pytest.raises(Unable):
        hops(text)


@pytest.mark.parametrize(
    ("spec", "left"),
    [
        (None, ("a", "ab", "c")),
        ("c,a", ("c", "a")),
        ("a*", ("a", "ab")),
        ("-a", ("ab", "c")),
        ("^c", ("c", "a", "ab")),
        ("+x", ("a", "ab", "c")),
        ("x", ()),
    ],
)
def test_lists_of_algorithms(spec: str | None, left: tuple[str, ...]) -> None:
    assert narrowed(spec, ("a", "ab", "c")) == left


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90.0), ("1m30s", 90.0), ("1w", 604_800.0), ("none", 7.0), ("", 7.0)]
)
def test_times(text: str, seconds: float) -> None:
    assert Answers({"connecttimeout": (text,)} if text else {}).seconds("connecttimeout", 7.0) == seconds


@given(st.text(st.sampled_from("ab*?[].!"), max_size=8), st.text(st.sampled_from("ab[]."), max_size=8))
def test_a_pattern_fits_what_openssh_says_it_fits(pattern: str, text: str) -> None:
    assert fits(text, pattern) == _fits(text, pattern)


def _fits(text: str, pattern: str) -> bool:
    """Say the same as OpenSSH's match_pattern does, step by step."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return _fits(text, pattern[1:]) or (bool(text) and _fits(text[1:], pattern))
    return bool(text) and pattern[0] in {"?", text[0]} and _fits(text[1:], pattern[1:])


@given(st.text(st.sampled_from("ab \t\"'\\#="), max_size=20))
def test_whatever_stands_in_a_line_is_words_or_a_clear_refusal(text: str) -> None:
    with suppress(Unable):
        line = config_text.line_of(text, "config:1")
        assert line is None or line.rest
