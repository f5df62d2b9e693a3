"""What someone is told, and the key of it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook_engine.escalation.key import idempotency_key
from playbook_engine.escalation.notice import TEXT_LIMIT, RunFacts, clean, cut, notice
from playbook_engine.phrases.words import CHINESE
from playbook_engine.values import RunId, StepPath

RUN = RunId("01JD0000000000000000000000")
HEAD = "3f9c" * 16
FACTS = RunFacts(
    playbook="jwks-outage",
    title="JWKS cannot be fetched",
    environment="prod",
    run=RUN,
    reason="JWKS errors without a known cause",
    severity="P1",
    message="Please look at the identity provider.",
    step="steps/3/else/1",
    changed=("Serve the pinned signing key", "Restart the API"),
    undone=("Restart the API",),
    head=HEAD,
)


def test_a_notice_reads_well_on_a_phone() -> None:
    made = notice(FACTS, "key")

    assert made.key == "key"
    assert made.text.splitlines() == [
        "[P1] JWKS cannot be fetched (prod)",
        "JWKS errors without a known cause",
        "Please look at the identity provider.",
        "Changed: Serve the pinned signing key",
        "  and Restart the API",
        "Undone: Restart the API",
        f"Run {RUN}, record 3f9c3f9c3f9c3f9c",
    ]


def test_whoever_is_waited_for_is_told_how_to_take_it() -> None:
    made = notice(replace(FACTS, wait="10m"), "key")

    assert made.text.splitlines()[-2] == f"The run waits up to 10m for you: runbook ack {RUN}"
    assert made.fields["wait"] == "10m"


def test_a_notice_has_fields_for_machines() -> None:
    assert notice(FACTS, "key").fields == {
        "playbook": "jwks-outage",
        "title": "JWKS cannot be fetched",
        "environment": "prod",
        "severity": "P1",
        "reason": "JWKS errors without a known cause",
        "message": "Please look at the identity provider.",
        "run": RUN,
        "step": "steps/3/else/1",
        "changed": "Serve the pinned signing key\nRestart the API",
        "undone": "Restart the API",
        "record_head": HEAD,
    }


def test_what_is_not_known_is_left_out() -> None:
    bare = RunFacts(playbook="p", title="T", environment="e", run=RUN, reason="r")

    assert notice(bare, "k").text == f"T (e)\nr\nRun {RUN}"
    assert set(notice(bare, "k").fields) == {"playbook", "title", "environment", "reason", "run"}


@given(
    title=st.text(max_size=400),
    reason=st.text(max_size=5000),
    message=st.text(max_size=5000),
    changed=st.lists(st.text(max_size=400), max_size=30),
)
def test_whatever_the_facts_the_text_is_short_and_shows_run_and_head(
    title: str, reason: str, message: str, changed: list[str]
) -> None:
    facts = replace(FACTS, title=title, reason=reason, message=message, changed=tuple(changed), undone=tuple(changed))

    made = notice(facts, "k")

    assert len(made.text) <= TEXT_LIMIT
    assert made.text.splitlines()[-1] == f"Run {RUN}, record {HEAD[:16]}"
    assert all(
        char == "\n" or char.isprintable()
        for char in made.text.replace("\u3000", "").replace("\xa0", " ")
        if char.isascii()
    )
    assert all(len(value) <= TEXT_LIMIT for value in made.fields.values())
    made.text.encode("utf-8")


def test_even_the_longest_facts_leave_room_for_prose() -> None:
    many = ("\x1b" * 400,) * 99
    facts = replace(FACTS, title="t" * 999, severity="s" * 999, environment="e" * 999, changed=many, undone=many)

    text = notice(replace(facts, reason="r" * 9999), "k").text

    assert len(text) == TEXT_LIMIT
    assert "r" * 300 in text
    assert text.endswith(f"Run {RUN}, record {HEAD[:16]}")


def test_long_prose_is_cut_and_a_long_list_is_counted() -> None:
    facts = replace(FACTS, reason="x" * 9000, changed=tuple(f"Change {number}" for number in range(25)))

    lines = notice(facts, "k").text.splitlines()

    assert lines[1].endswith("x…")
    assert "  and 15 more" in lines


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (" a\x1b[31mb\r\nc ", "a\\x1b[31mb\\r\nc"),
        ("a\u202eb", "a\\u202eb"),
        ("\ud800", "\\ud800"),
        ("a\tb", "a b"),
        ("网关 \u3000é", "网关 \u3000é"),
    ],
)
def test_characters_that_act_on_the_screen_are_shown_not_obeyed(text: str, shown: str) -> None:
    assert clean(text) == shown


@pytest.mark.parametrize(("limit", "text"), [(5, "abcde"), (4, "abc…"), (1, "…"), (0, "…")])
def test_a_cut_is_marked(limit: int, text: str) -> None:
    assert cut("abcde", limit) == text


def test_the_key_is_the_same_for_the_same_and_different_for_others() -> None:
    step = StepPath("steps/1")
    keys = {
        idempotency_key(RUN, step, "cto"),
        idempotency_key(RUN, step, "cto"),
        idempotency_key(RUN, step, "sre"),
        idempotency_key(RUN, StepPath("steps/2"), "cto"),
        idempotency_key(RUN, None, "cto"),
        idempotency_key(RunId("01JD0000000000000000000001"), step, "cto"),
    }

    assert len(keys) == 5
    assert idempotency_key(RUN, step, "cto") == "db3c8886270206d0aa2a10798c7632cc"


def test_people_read_their_language_and_machines_what_is_recorded() -> None:
    shown = replace(
        FACTS,
        title="无法获取 JWKS",
        reason="原因不明的 JWKS 错误",
        message="请查看身份提供方。",
        changed=("使用固定的签名密钥", "重启 API"),
        undone=("重启 API",),
        wait="10m",
    )
    made = notice(FACTS, "key", shown, CHINESE)

    assert made.text.splitlines() == [
        "[P1] 无法获取 JWKS（prod）",
        "原因不明的 JWKS 错误",
        "请查看身份提供方。",
        "已更改：使用固定的签名密钥",
        "  以及 重启 API",
        "已撤销：重启 API",
        f"执行最多等待你 10m：runbook ack {RUN}",
        f"执行 {RUN}，记录 3f9c3f9c3f9c3f9c",
    ]
    assert made.fields == notice(FACTS, "key").fields
