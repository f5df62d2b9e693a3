"""A verifier's conclusion in words, for the person who asked."""

from playbook_engine.audit.findings import Integrity, Verification

_HEADLINES = {
    Integrity.INTACT: "intact",
    Integrity.UNFINISHED: "unfinished, and nothing in it was changed",
    Integrity.BROKEN: "NOT what was written",
}


def describe(verification: Verification) -> list[str]:
    """Return the conclusion as lines of text, the most important first."""
    count = "1 line" if verification.lines == 1 else f"{verification.lines} lines"
    lines = [f"The record of run {verification.run} is {_HEADLINES[verification.integrity]} ({count})."]
    lines += [f"  ✗ {problem}" for problem in verification.problems]
    lines += [f"  ! {warning}" for warning in verification.warnings]
    lines += [f"  ! {begun}" for begun in verification.begun]
    lines += [f"Proven: {sentence}." for sentence in verification.proven]
    lines += [f"Not proven: {sentence}." for sentence in verification.not_proven]
    return lines
