"""The chain can be checked by anybody with SHA-256, and every change shows."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook_engine.audit.chain import GENESIS, Domain, claims, link
from playbook_engine.audit.jsontext import one_line

FIELDS = '{"v":1,"seq":1}'


def test_the_hash_is_that_of_the_lines_own_bytes() -> None:
    """The recipe of the documentation, step by step."""
    line = link(Domain.RECORD, FIELDS, GENESIS).line
    body, _, rest = line.partition(b',"hash":"')
    assert rest == hashlib.sha256(b"runbook-audit/1\n" + body).hexdigest().encode() + b'"}'
    assert json.loads(line)["prev"] == "0" * 64


@given(st.lists(st.dictionaries(st.text(), st.text(), min_size=1), min_size=1, max_size=5))
def test_whatever_is_linked_links(contents: list[dict[str, str]]) -> None:
    """Any fields give lines that claim what they were made from, and lead from one to the next."""
    prev = GENESIS
    for fields in contents:
        made = link(Domain.RECORD, one_line({"v": 1, **fields}), prev)
        found = claims(Domain.RECORD, made.line)
        assert found is not None
        assert (found.prev, found.hash, found.intact) == (prev, made.hash, True)
        prev = made.hash


@given(st.data())
def test_no_byte_can_change_unseen(data: st.DataObject) -> None:
    """Nor can one be removed or added."""
    line = link(Domain.RECORD, one_line({"v": 1, "text": data.draw(st.text())}), GENESIS).line
    place = data.draw(st.integers(0, len(line) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != line[place]))
    for changed in (
        line[:place] + bytes([other]) + line[place + 1 :],
        line[:place] + line[place + 1 :],
        line[:place] + bytes([other]) + line[place:],
    ):
        found = claims(Domain.RECORD, changed)
        assert found is None or not found.intact


def test_a_line_of_the_ledger_is_none_of_a_record() -> None:
    """The domain is part of what is hashed."""
    line = link(Domain.LEDGER, FIELDS, GENESIS).line
    found = claims(Domain.RECORD, line)
    assert found is not None
    assert not found.intact


@pytest.mark.parametrize(
    "line", [b"", b"{}", b'{"v":1}', b"x" * 300, link(Domain.RECORD, FIELDS, GENESIS).line + b" "]
)
def test_what_is_no_chained_line_claims_nothing(line: bytes) -> None:
    """Foreign files are no error here."""
    assert claims(Domain.RECORD, line) is None


def test_upper_case_digits_are_not_the_same_hash() -> None:
    """There is one way to write a line."""
    made = link(Domain.RECORD, FIELDS, GENESIS)
    shouted = made.line.replace(made.hash.encode(), made.hash.upper().encode())
    assert shouted != made.line
    assert claims(Domain.RECORD, shouted) is None
