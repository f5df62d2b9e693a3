"""A run in the reader's language: what people see changes, what is recorded does not."""

import re
from pathlib import Path
from string import Formatter

import pytest
from reported_runs import Run, result
from scenes import PIN, WORKS, resolved, undone, waiting

import playbook_engine
from playbook_engine.model.events import EscalationIntended, Recorded, RunFinished, RunPaused, StepFinished
from playbook_engine.model.outcomes import Outcome, Verdict
from playbook_engine.model.translations import UNTRANSLATED, Reader, Texts
from playbook_engine.phrases.recorded import Causes, Reasons
from playbook_engine.phrases.words import CHINESE, ENGLISH
from playbook_engine.report.retelling import ending, retold, told_to

TEXTS = Texts(plain={PIN: "改用固定的签名密钥", WORKS: "真实的令牌被接受", "JWKS cannot be fetched": "无法获取 JWKS"})
READER = Reader(CHINESE, TEXTS)


class Sink:
    def __init__(self) -> None:
        self.seen: list[Recorded] = []

    def emit(self, recorded: Recorded) -> None:
        self.seen.append(recorded)


def test_a_sink_sees_another_language_and_the_same_run() -> None:
    sink, run = Sink(), undone()
    for recorded in run.events:
        told_to(READER, sink).emit(recorded)

    assert [(each.seq, each.at, type(each.event)) for each in sink.seen] == [
        (each.seq, each.at, type(each.event)) for each in run.events
    ]
    titles = {each.event.title for each in sink.seen if isinstance(each.event, StepFinished)}
    assert {"改用固定的签名密钥", "真实的令牌被接受", "The JWKS endpoint serves signing keys"} <= titles
    last = sink.seen[-1].event
    assert isinstance(last, RunFinished)
    assert (last.changed, last.reason) == (("改用固定的签名密钥",), "最后一次验证没有通过")


def test_a_reader_of_the_record_sees_the_record() -> None:
    sink = Sink()

    assert told_to(UNTRANSLATED, sink) is sink


@pytest.mark.parametrize(
    ("recorded", "shown"),
    [
        ("a verify passed", "验证通过"),
        (PIN, "改用固定的签名密钥"),
        (f"the mitigation '{PIN}' ended failed", "变更“改用固定的签名密钥”结果为失败"),
        (f"'{WORKS}' ended timeout", "“真实的令牌被接受”结果为超时"),
        (
            f"'{PIN}' needs a yes (--approve pin), and nobody is at a terminal to give it",
            "“改用固定的签名密钥”需要同意（--approve pin），而终端前没有人",
        ),
        (
            f"'{PIN}' needs a yes, and nobody is at a terminal to give it",
            "“改用固定的签名密钥”需要同意，而终端前没有人",
        ),
        ("SIGTERM ended the run", "SIGTERM 结束了执行"),
        ("when: dns.failed is false", "when：dns.failed 不成立"),
        ("status == 200 (status = 503)", "status == 200 (status = 503)"),
        ("no route to host", "no route to host"),
    ],
)
def test_sentences_of_the_engine(recorded: str, shown: str) -> None:
    """What nobody has words for stays as it was recorded."""
    assert READER.sentence(recorded) == shown
    assert UNTRANSLATED.sentence(recorded) == recorded


def test_a_verify_that_repeats_checks_says_which_one_failed() -> None:
    failed = result("control", Outcome.FAILED, cause=f"{WORKS}: no answer within 5s")
    run = Run().step("steps/1", "verify", "Well again", failed)
    (event,) = (each.event for each in run.events if isinstance(each.event, StepFinished))
    shown = retold(event, READER)

    assert isinstance(shown, StepFinished)
    assert shown.result.targets[0].cause is not None
    assert shown.result.targets[0].cause.message == "真实的令牌被接受: 5s 内没有回答"


def test_a_pause_says_for_what() -> None:
    (reason,) = (
        shown.reason for each in waiting().events if isinstance(shown := retold(each.event, READER), RunPaused)
    )

    assert reason == "“改用固定的签名密钥”需要同意，而终端前没有人"


def test_what_is_told_stays_what_was_told() -> None:
    """The message is what left; only its heading is for the screen."""
    told = EscalationIntended(path=None, contact="ana", reason="JWKS cannot be fetched", message="m", key="k")

    assert retold(told, READER) == EscalationIntended(
        path=None, contact="ana", reason="无法获取 JWKS", message="m", key="k"
    )


def test_the_end_in_one_sentence() -> None:
    said = ending("JWKS cannot be fetched", Verdict.UNRESOLVED, "the last verify did not pass", READER)

    assert said == "无法获取 JWKS：未解决，最后一次验证没有通过"
    assert ending("T", Verdict.RESOLVED, "a verify passed", UNTRANSLATED) == "T: resolved, a verify passed"


@pytest.mark.parametrize("phrase", [*Reasons, *Causes], ids=str)
def test_the_engine_says_these_sentences(phrase: Reasons | Causes) -> None:
    """The words between the braces stand in its source, so that a sentence that changes there is noticed."""
    sources = "\n".join(
        path.read_text(encoding="utf-8")
        for path in Path(playbook_engine.__file__).parent.rglob("*.py")
        if "phrases" not in path.parts
    )
    pieces = [piece.strip(" ',()") for piece in _literal(ENGLISH(phrase, **dict.fromkeys(_names(phrase), "\0")))]

    assert [piece for piece in pieces if len(piece) > 3 and piece not in sources] == []


def _names(phrase: Reasons | Causes) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(phrase.texts["en"]) if name]


def _literal(text: str) -> list[str]:
    return re.split(r"\0|, | \(", text)


def test_a_resolved_run_in_english_is_unchanged() -> None:
    for each in resolved().events:
        assert retold(each.event, UNTRANSLATED) == each.event
