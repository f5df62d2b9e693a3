"""Says what is proven about a record, and what is not.

A record is checked against itself (its lines, their chain, their order), then against the ledger. The ledger is what
tells a record that was cut off by a crash from one whose end was removed, and one that was written anew from the one
that was written first.
"""

from pathlib import Path

from playbook_engine.audit import answers_check
from playbook_engine.audit.audited import AuditedLedger, Seal, read_ledger
from playbook_engine.audit.chain import Domain
from playbook_engine.audit.findings import Finding, Integrity, Verification
from playbook_engine.audit.paths import SUFFIX
from playbook_engine.audit.record_check import RecordCheck
from playbook_engine.audit.scan import scan
from playbook_engine.errors import UsageError


def verify(path: Path, ledger: Path | None) -> Verification:
    """Check a record; `ledger` is None for a copy that has left its state directory. Raises UsageError."""
    check = _checked(path)
    audited = _ledger(ledger)
    against = _against_ledger(check, audited)
    answers = answers_check.check(path, check.answers, sealed=_is_sealed(check, audited))
    own = (*_identity(check), *check.problems)
    problems = (*own, *answers.problems, *(audited.problems if audited else ()), *against)
    warnings = (*check.warnings, *answers.warnings, *(audited.warnings if audited else ()), *_end(check, audited))
    integrity = _integrity(check, problems)
    return Verification(
        path=path,
        run=check.run,
        integrity=integrity,
        lines=check.lines,
        head=check.head,
        sealed=_is_sealed(check, audited),
        problems=problems,
        warnings=warnings,
        begun=check.open_ends.sentences(),
        proven=(*_proven(check, integrity, audited), *(answers.proven if integrity is not Integrity.BROKEN else ())),
        not_proven=(*_not_proven(check, integrity, audited), *answers.not_proven),
    )


def _checked(path: Path) -> RecordCheck:
    check = RecordCheck(run=path.name.removesuffix(SUFFIX))
    try:
        for line in scan(path, Domain.RECORD):
            check.take(line)
    except OSError as error:
        raise UsageError(f"the record {path} cannot be read: {error.strerror}") from error
    check.close()
    return check


def _ledger(path: Path | None) -> AuditedLedger | None:
    if path is None:
        return None
    try:
        return read_ledger(path)
    except OSError as error:
        missing = Finding(message=f"the ledger {path} cannot be read: {error.strerror}")
        return AuditedLedger(problems=(missing,), readable=False)


def _identity(check: RecordCheck) -> tuple[Finding, ...]:
    """Compare the run in the lines with the run that the file is named for."""
    if not check.foreign_runs:
        return ()
    others = ", ".join(sorted(check.foreign_runs))
    if check.own_lines:
        return (Finding(message=f"lines of another run ({others}) were put into the record of {check.run}"),)
    return (Finding(message=f"the whole file was swapped: this is the record of {others}, not of {check.run}"),)


def _against_ledger(check: RecordCheck, ledger: AuditedLedger | None) -> tuple[Finding, ...]:
    if ledger is None or not ledger.readable:
        return ()
    seals = ledger.seals_of(check.run)
    if seals:
        return _against_seal(check, seals[-1])
    if check.run not in ledger.opened:
        return (
            Finding(
                message=f"the ledger does not know run {check.run}: the file was put there, or the ledger replaced"
            ),
        )
    return ()


def _against_seal(check: RecordCheck, seal: Seal) -> tuple[Finding, ...]:
    """Compare the end of the record with what the ledger says of it."""
    found: list[Finding] = []
    differ = check.lines - seal.lines
    if differ < 0:
        found.append(
            Finding(message=f"the end was cut off: {_count(-differ)} missing of the {seal.lines} in the ledger")
        )
    elif differ > 0:
        found.append(Finding(message=f"{_count(differ)} added at the end: the ledger has {seal.lines}"))
    elif check.head != seal.head:
        found.append(
            Finding(
                message=f"the record ends with the hash {check.head[:16]}…, the ledger says {seal.head[:16]}…: "
                "the record, or its last line, was written anew"
            )
        )
    if check.torn:
        found.append(Finding(message=f"behind the last whole line there are {check.torn} bytes that nobody sealed"))
    return tuple(found)


def _count(lines: int) -> str:
    return "1 line is" if lines == 1 else f"{lines} lines are"


def _end(check: RecordCheck, ledger: AuditedLedger | None) -> tuple[Finding, ...]:
    """Return what can be said of an end that is not as it should be, without anybody's fault."""
    if ledger is not None and ledger.seals_of(check.run):
        return ()
    if check.torn:
        return (Finding(message=f"the last line is a fragment of {check.torn} bytes: a crash, or a full disk"),)
    if check.finished_at is None:
        return (Finding(message="there is no run.finished: the run goes on, or its process was killed"),)
    if ledger is not None and ledger.readable:
        return (
            Finding(message="the run finished, but its end is not in the ledger: the process was killed in between"),
        )
    return ()


def _integrity(check: RecordCheck, problems: tuple[Finding, ...]) -> Integrity:
    if problems:
        return Integrity.BROKEN
    return Integrity.INTACT if check.finished_at is not None and not check.torn else Integrity.UNFINISHED


def _is_sealed(check: RecordCheck, ledger: AuditedLedger | None) -> bool:
    return ledger is not None and bool(ledger.seals_of(check.run))


def _proven(check: RecordCheck, integrity: Integrity, ledger: AuditedLedger | None) -> tuple[str, ...]:
    if integrity is Integrity.BROKEN:
        return ()
    lines = (
        "the one line that is there is as it was" if check.lines == 1 else f"the {check.lines} lines are as they were"
    )
    chain = f"{lines} written, in that order, with none missing between them"
    if _is_sealed(check, ledger):
        return (chain, f"the record ends where the ledger says it ended (head {check.head[:16]})")
    return (chain,)


def _not_proven(check: RecordCheck, integrity: Integrity, ledger: AuditedLedger | None) -> tuple[str, ...]:
    if integrity is Integrity.BROKEN:
        return ("anything that this record says",)
    truth = "that what the targets answered was true"
    if _is_sealed(check, ledger):
        rewritten = (
            f"that nobody rewrote record and ledger together: compare the head {check.head[:16]} "
            "with the one on the terminal or in a notification"
        )
        return (rewritten, truth)
    why = "no ledger was given" if ledger is None else "the ledger has no seal for this run"
    return (f"that nothing stood behind the last line, and that the record was not written anew: {why}", truth)
