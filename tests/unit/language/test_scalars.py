"""What an unquoted word means under each set of rules."""

import datetime as dt
import math

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from playbook_engine.language.scalars import CORE_1_2, YAML_1_1
from playbook_engine.values import Scalar


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("Null", None),
        ("nUll", "nUll"),
        ("true", True),
        ("FALSE", False),
        ("yes", "yes"),
        ("No", "No"),
        ("on", "on"),
        ("off", "off"),
        ("0", 0),
        ("-0", 0),
        ("+12", 12),
        ("0755", "0755"),
        ("007", "007"),
        ("-08", "-08"),
        ("0o755", 0o755),
        ("0o8", "0o8"),
        ("0x1F", 31),
        ("0b101", "0b101"),
        ("1_000", "1_000"),
        ("1.5", 1.5),
        (".5", 0.5),
        ("-.5", -0.5),
        ("1.", 1.0),
        ("1e3", 1000.0),
        ("1.0", 1.0),
        ("00.5", "00.5"),
        ("1.2.0", "1.2.0"),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("1e999", "1e999"),
        ("9" * 5000, "9" * 5000),
        ("2026-11-20", "2026-11-20"),
        ("12:30:45", "12:30:45"),
        ("190:20:30", "190:20:30"),
        ("=", "="),
        ("-", "-"),
        (".", "."),
        ("+", "+"),
    ],
)
def test_a_word_of_yaml_1_2_core(word: str, value: Scalar) -> None:
    found = CORE_1_2.resolve(word)

    assert (found, type(found)) == (value, type(value))


def test_not_a_number_is_known_to_both_rules() -> None:
    found = [rules.resolve(".nan") for rules in (CORE_1_2, YAML_1_1)]

    assert all(isinstance(value, float) and math.isnan(value) for value in found)


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("yes", True),
        ("Off", False),
        ("y", "y"),
        ("0755", 0o755),
        ("08", "08"),
        ("0o755", "0o755"),
        ("0b101", 5),
        ("0b_", "0b_"),
        ("1_000", 1000),
        ("1:30", 90),
        ("-1:30", -90),
        ("1:30.5", 90.5),
        ("0:30", "0:30"),
        ("1e3", "1e3"),
        ("1.0e+3", 1000.0),
        ("2026-11-20", "2026-11-20"),
        ("2026-11-20 03:04:05", "2026-11-20T03:04:05"),
        ("2026-11-20T03:04:05Z", "2026-11-20T03:04:05+00:00"),
        ("2001-12-14t21:59:43.10-05:00", "2001-12-14T21:59:43.100000-05:00"),
        ("2001-12-14 21:59:43.1 -5", "2001-12-14T21:59:43.100000-05:00"),
        ("2026-1-2 3:04:05", "2026-01-02T03:04:05"),
        ("2026-13-02 03:04:05", "2026-13-02 03:04:05"),
        ("2026-11-20 03:04", "2026-11-20 03:04"),
    ],
)
def test_a_word_of_yaml_1_1(word: str, value: Scalar) -> None:
    found = YAML_1_1.resolve(word)

    assert (found, type(found)) == (value, type(value))


def is_a_value(word: str) -> bool:
    """Tell whether a word is neither a key nor a mark between documents."""
    return not word.endswith(":") and word not in ("---", "...")


@given(st.text("0123456789+-._:xobeEaF", min_size=1, max_size=8).filter(is_a_value))
def test_yaml_1_1_means_what_pyyaml_s_safe_loader_makes_of_it(word: str) -> None:
    try:
        theirs = yaml.safe_load(word)
    except (yaml.YAMLError, ValueError):
        return
    if isinstance(theirs, dt.date):
        theirs = word

    ours = YAML_1_1.resolve(word)

    if not isinstance(theirs, dict | list):
        assert (repr(ours), type(ours)) == (repr(theirs), type(theirs))
