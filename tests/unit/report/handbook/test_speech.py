"""Expressions in words."""

import pytest

from playbook_engine.language.expressions.shaping import shape_of
from playbook_engine.report.handbook.numbers import Numbers
from playbook_engine.report.handbook.speech import Speech

SPEECH = Speech(Numbers({"dns": "1", "jwks": "H1", "log": "2.1"}, {"free": "3"}), lambda words: f"`{words}`")


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("dns.failed", "step 1 failed"),
        ("not dns.failed", "step 1 did not fail"),
        ("jwks.passed and not log.skipped", "step H1 passed and step 2.1 was not skipped"),
        ("not (dns.failed or jwks.failed)", "step 1 did not fail and step H1 did not fail"),
        ("dns.failed and (jwks.failed or log.failed)", "step 1 failed, and step H1 failed or step 2.1 failed"),
        ("dns.unreachable", "step 1 could not reach a target"),
        ("not dns.unreachable", "step 1 reached every target"),
        ("log.stdout is search('x|y')", "the output of step 2.1 matches `x|y`"),
        ("log.rc != 0", "the exit status of step 2.1 is not 0"),
        ("not log.rc == 0", "the exit status of step 2.1 is not 0"),
        ("jwks.json.a.b > 3", "`a.b` in the JSON answer of step H1 is above 3"),
        ("log.targets['api-1'].stdout == ''", "the output of step 2.1 on api-1 is an empty text"),
        ("'api-1' in dns.failed_hosts", "`api-1` is among the hosts on which step 1 failed"),
        ("free < threshold", "`free` (from step 3) is below `threshold`"),
        ("flags.beta", "`flags.beta` is true"),
        ("not flags.beta", "`flags.beta` is false"),
        ("free | length == 0", "`free` (from step 3) is empty"),
        ("free | length > 2", "the number of entries in `free` (from step 3) is above 2"),
        ("not 0 < free", "0 is at least `free` (from step 3)"),
        ("free is none", "`free` (from step 3) has no value"),
        ("free is not defined", "`free` (from step 3) is not known"),
        ("x in [1, 2, none]", "`x` is 1, 2 or none"),
        ("x not in ['a', 'b']", "`x` is none of `a` or `b`"),
        ("x is ge 3", "`x` is at least 3"),
        ("true", "always"),
        ("false", "never"),
        ("not true", "never"),
        ("10 < x < 20", "10 is below `x` and `x` is below 20"),
        ("x | percent <= 80", "the percentage in `x` is at most 80"),
        ("x | trim == 'ok'", "`x` is `ok`"),
    ],
)
def test_conditions(expression: str, words: str) -> None:
    assert SPEECH.sentence(shape_of(expression)) == words


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("status == 200", "the status is 200"),
        ("rc == 0", "the exit status is 0"),
        ("stdout is not match('^ok')", "the output does not begin with `^ok`"),
        ("json['keys'] | length > 0", "`keys` in the JSON answer is not empty"),
        ("headers['x-region'] == 'eu'", "the header `x-region` is `eu`"),
        ("json is not none", "the JSON answer has a value"),
        ("dns.failed", "step 1 failed"),
    ],
)
def test_expectations_speak_of_their_own_answer(expression: str, words: str) -> None:
    own = ("rc", "stdout", "status", "headers", "json")

    assert SPEECH.sentence(shape_of(expression), own=own) == words


@pytest.mark.parametrize(
    "expression",
    ["free * 2 > 10", "x | replace('a', 'b') == 'c'", "x.startswith('a')", "a if b else c", "[] in x", "1"],
)
def test_what_there_are_no_words_for(expression: str) -> None:
    assert SPEECH.sentence(shape_of(expression)) is None


def test_hosts_of_an_earlier_result() -> None:
    assert SPEECH.hosts("dns", "failed") == "on which step 1 failed (`dns.failed`)"
    assert SPEECH.hosts("dns", "unreachable") == "that step 1 could not reach (`dns.unreachable`)"
    assert SPEECH.hosts("gone", "failed") == "of `gone.failed`"
