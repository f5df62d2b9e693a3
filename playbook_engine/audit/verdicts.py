"""A verifier's conclusion in words, for the person who asked."""

from playbook_engine.audit.findings import Integrity, Verification

_HEADLINES = {
    Integrity.INTACT: "intact",
    Integrity.UNFINISHED: "unfinished, and nothing in it was changed",
    Integrity.BROKEN: "NOT what was written",
}


def describe(verification: Verification) -> list[str]:
    """Return the conclusion as lines of text, the most important first."""
    headline = _HEADLINES[verification.integrity]
    return [
        f"The record of run {verification.run} is {headline} ({_count(verification)}).",
        *_findings(verification),
        *(f"Proven: {sentence}." for sentence in verification.proven),
        *(f"Not proven: {sentence}." for sentence in verification.not_proven),
    ]


def brief(verification: Verification) -> list[str]:
    """Return what a record is, and what does not fit, below a line that names it."""
    headline = _HEADLINES[verification.integrity]
    sealed = " and sealed" if verification.sealed and verification.integrity is Integrity.INTACT else ""
    return [f"Its record is {headline}{sealed} ({_count(verification)}).", *_findings(verification)]


def _count(verification: Verification) -> str:
    return "1 line" if verification.lines == 1 else f"{verification.lines} lines"


def _findings(verification: Verification) -> list[str]:
    return [
        *(f"  ✗ {problem}" for problem in verification.problems),
        *(f"  ! {warning}" for warning in verification.warnings),
        *(f"  ! {begun}" for begun in verification.begun),
    ]
