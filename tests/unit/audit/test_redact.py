"""A secret is masked wherever it stands and however it is written."""

import base64
import html
import json
import re
import shlex
import time
from dataclasses import replace
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from recorded_runs import attempt, every_event, result, rolled_run, run_started

from playbook_engine.audit.needles import needles
from playbook_engine.audit.redact import Redactor
from playbook_engine.model.events import AttemptFinished, Event, RunPaused
from playbook_engine.model.fields import Fields
from playbook_engine.model.outcomes import Cause, Outcome
from playbook_engine.model.replies import KubectlReply, Output, ShellReply
from playbook_engine.values import Secret, SecretText, StepPath, Value

CANARY = "s3cr€t/'q\" +k&y\\z?"
MASK = "<secret KEY>"
EVENTS = [*every_event(), *(event for event in rolled_run() if not isinstance(event, AttemptFinished))]
KEY_FILE = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0\nBAQEFAASCBKcwggSjAgEAAo\nshort\n-----END KEY-----\n"


def redactor(text: str = CANARY) -> Redactor:
    return Redactor([Secret("KEY", text)])


WRITTEN = {
    "plain": CANARY,
    "json": json.dumps(CANARY)[1:-1],
    "json, not only ASCII": json.dumps(CANARY, ensure_ascii=False)[1:-1],
    "python": repr(CANARY)[1:-1],
    "url": quote(CANARY, safe=""),
    "url, slashes kept": quote(CANARY),
    "url, lower case": re.sub("%..", lambda escape: escape[0].lower(), quote(CANARY, safe="")),
    "form": quote_plus(CANARY),
    "html": html.escape(CANARY),
    "shell": shlex.quote(CANARY),
}


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
def test_a_secret_is_found_as_programs_write_it(written: str) -> None:
    """Nothing but the quotes around it is left."""
    assert redactor().text(f"a {written} z").replace("'", "") == f"a {MASK} z"


@given(st.binary(max_size=9), st.binary(max_size=9), st.booleans())
def test_a_secret_is_found_in_base64_of_anything(before: bytes, after: bytes, url_safe: bool) -> None:
    """Wherever it begins: all three alignments, both alphabets, with and without padding."""
    encode = base64.urlsafe_b64encode if url_safe else base64.b64encode
    encoded = encode(before + CANARY.encode() + after).decode()
    shown = redactor().text(encoded)
    assert MASK in shown
    assert len(shown.replace(MASK, "")) <= len(encode(before + after)) + 4


def test_a_long_secret_is_found_in_wrapped_base64() -> None:
    """As `base64` and `openssl` print it."""
    secret = "".join(chr(33 + i * 7 % 90) for i in range(200))
    *whole, last = redactor(secret).text(base64.encodebytes(secret.encode()).decode()).splitlines()
    assert set(whole) == {MASK}
    assert last.startswith(MASK)
    assert len(last) <= len(MASK) + 4


@given(st.text(min_size=6, max_size=40), st.text(max_size=30), st.text(max_size=30))
def test_nothing_of_any_secret_is_left(secret: str, before: str, after: str) -> None:
    """Whatever the secret and the text around it."""
    value = secret.strip()
    assume(len(value) >= 6 and value not in MASK and not value.startswith("<") and not value.endswith(">"))
    assert value not in redactor(secret).text(f"{before}{value}{after}")


def test_lines_of_a_key_are_secrets_too() -> None:
    """Its frame is not, and neither are lines that could be anything."""
    shown = redactor(KEY_FILE).text(
        "-----BEGIN KEY-----\r\n  MIIEvQIBADANBgkqhkiG9w0\r\nshort BAQEFAASCBKcwggSjAgEAAo"
    )
    assert shown == f"-----BEGIN KEY-----\r\n  {MASK}\r\nshort {MASK}"


def test_short_values_are_named_and_left_alone() -> None:
    """They would be found in every other word."""
    made = Redactor([Secret("PIN", "12345"), Secret("EMPTY", ""), Secret("KEY", "123456")])
    assert made.too_short == ("PIN", "EMPTY")
    assert made.text("12345 123456") == f"12345 {MASK}"


def test_overlapping_secrets_leave_nothing() -> None:
    """Two secrets that share characters become one mask, not one mask and a rest."""
    made = Redactor([Secret("A", "abcdef123456"), Secret("B", "123456789xyz")])
    assert made.text("-abcdef123456789xyz-") == "-<secret A>-"
    assert made.text("-abcdef123456-") == "-<secret A>-"
    assert made.count == 2


def test_the_longest_secret_names_the_mask() -> None:
    """A secret that begins like another one is not half masked."""
    made = Redactor([Secret("A", "prefix"), Secret("B", "prefix-and-more")])
    assert made.text("prefix-and-more prefix") == "<secret B> <secret A>"


def test_a_secret_cut_in_two_by_the_bound_is_masked() -> None:
    """From six characters on, on both sides of the cut."""
    output = Output(head=f"x={CANARY[:9]}", tail=f"{CANARY[9:]} y", size=10_000, truncated=True)
    event = attempt(ShellReply(rc=0, stdout=output))
    shown = redactor().event(event)
    assert isinstance(shown, AttemptFinished)
    assert isinstance(shown.result.reply, ShellReply)
    assert (shown.result.reply.stdout.head, shown.result.reply.stdout.tail) == (f"x={MASK}", f"{MASK} y")


def test_an_output_that_was_not_cut_keeps_what_only_begins_like_a_secret() -> None:
    """A mask where there is no secret would hide a fact."""
    event = attempt(ShellReply(rc=0, stdout=Output(head=f"x={CANARY[:9]}", size=11)))
    assert redactor().event(event) is event


def test_a_secret_in_a_shortened_message_is_masked() -> None:
    """Traces show long values with an ellipsis, which may fall into a secret."""
    cause = Cause("expect", f"stdout == 'ok' (stdout = 'key {CANARY[:8]}…')")
    event = replace(attempt(None), result=result(Outcome.FAILED, cause=cause))
    shown = redactor().event(event)
    assert isinstance(shown, AttemptFinished)
    assert shown.result.cause == Cause("expect", f"stdout == 'ok' (stdout = 'key {MASK}…')")


def test_data_of_hosts_is_masked_at_any_depth() -> None:
    """Keys, items, and numbers whose digits are a secret; the reason why a field is absent stays."""
    made = Redactor([Secret("KEY", "123456")])
    data: Value = {
        "a": [{"b 123456": (1, 123456, 9.5, True, None)}],
        "secret": SecretText(("to 123456", Secret("S", "x"))),
    }
    event = replace(attempt(KubectlReply(data=Fields({}, "absent"), before=data)), probe="123456")
    shown = made.event(event)
    assert isinstance(shown, AttemptFinished)
    assert isinstance(shown.result.reply, KubectlReply)
    assert shown.probe == MASK
    assert shown.result.reply.before == {
        "a": [{f"b {MASK}": (1, MASK, 9.5, True, None)}],
        "secret": f"to {MASK}<secret S>",
    }
    assert isinstance(shown.result.reply.data, Fields)
    assert shown.result.reply.data.absent == "absent"


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_an_event_without_secrets_is_the_same_object(event: Event) -> None:
    """Nothing is copied when there is nothing to hide."""
    made = redactor()
    assert made.event(event) is event
    assert made.count == 0


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_every_text_of_every_event_is_searched(event: Event) -> None:
    """Any text of six characters in an event can be a secret: it is gone afterwards."""
    texts = {text for text in repr(event).split("'") if len(text) >= 6 and text.isascii() and "(" not in text}
    for text in texts - {"playbooks/jwks-outage.yml"}:
        made = Redactor([Secret("K", text)])
        shown = made.event(event)
        assert made.count == 0 or f"'{text}'" not in repr(shown)


def test_secrets_can_be_added_later() -> None:
    """A run learns of some only when it needs them."""
    made = Redactor()
    assert made.text(CANARY) == CANARY
    made.add(Secret("KEY", CANARY))
    assert made.event(run_started(title=CANARY)) == run_started(title=MASK)


def test_what_cannot_be_searched_is_refused() -> None:
    """An object of unknown shape could hold anything."""
    event = RunPaused(path=StepPath("steps/1"), reason=object())  # type: ignore[arg-type]  # that is the point
    with pytest.raises(TypeError, match="cannot be put on record"):
        redactor().event(event)


def test_a_big_output_full_of_ellipses_is_searched_in_no_time() -> None:
    """A hostile host cannot make the search slow: it grows with the text, not with its square."""
    made = Redactor(Secret(f"S{i}", f"{i:02}{CANARY}{i * 7919}") for i in range(10))
    began = time.process_time()
    made.text("…" * 50_000)
    made.text("s3cr€t" * 40_000)
    assert time.process_time() - began < 5


def test_needles_are_never_so_short_that_they_hide_words() -> None:
    """Each is at least as long as the shortest secret."""
    assert all(len(needle) >= 6 for needle in needles(KEY_FILE) | needles("123456"))
    assert needles("12345") == frozenset()
