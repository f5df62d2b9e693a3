r"""The hash chain: pure functions over the bytes of a line.

A line is `{…,"prev":"<64 hex>","hash":"<64 hex>"}`. Its hash is SHA-256 over a domain (`runbook-audit/1\n` for
records, `runbook-ledger/1\n` for the ledger, `runbook-answers/1\n` for full answers) and the line's own bytes up to
`,"hash":"`. `prev` is the hash of the line before, so a line vouches for all lines above it. Nobody has to serialise
anything again to check it.
"""

import hashlib
import re
from enum import Enum

from playbook_engine.frozen import dataclass

GENESIS = "0" * 64
"""What the first line of a file has as `prev`."""

_TAIL = re.compile(rb',"prev":"([0-9a-f]{64})","hash":"([0-9a-f]{64})"}')
_TAIL_LENGTH = len(',"prev":"') + 64 + len('","hash":"') + 64 + len('"}')
_HASH_LENGTH = len(',"hash":"') + 64 + len('"}')


class Domain(Enum):
    """What a chain is about: a line of one kind never passes for a line of another."""

    RECORD = b"runbook-audit/1\n"
    LEDGER = b"runbook-ledger/1\n"
    ANSWERS = b"runbook-answers/1\n"


@dataclass(frozen=True, slots=True)
class Link:
    """A finished line without its line end, and its hash: the `prev` of the line that follows."""

    line: bytes
    hash: str


@dataclass(frozen=True, slots=True)
class Claims:
    """What a line says of its place in the chain, and whether its hash fits its bytes."""

    prev: str
    hash: str
    intact: bool


def link(domain: Domain, fields: str, prev: str) -> Link:
    """Return the line that follows `prev`; `fields` is a JSON object with at least one key, on one line."""
    body = f'{fields[:-1]},"prev":"{prev}"'.encode()
    digest = _digest(domain, body)
    return Link(b'%b,"hash":"%b"}' % (body, digest.encode()), digest)


def claims(domain: Domain, line: bytes) -> Claims | None:
    """Return what a line (without its line end) claims; None when it does not end as a chained line does."""
    tail = _TAIL.fullmatch(line[-_TAIL_LENGTH:])
    if tail is None:
        return None
    prev, stored = tail[1].decode(), tail[2].decode()
    return Claims(prev, stored, _digest(domain, line[:-_HASH_LENGTH]) == stored)


def _digest(domain: Domain, body: bytes) -> str:
    digest = hashlib.sha256(domain.value)
    digest.update(body)
    return digest.hexdigest()
