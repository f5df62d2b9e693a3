"""Whom to tell, and how they are reached."""

from collections.abc import Iterator

from playbook_engine.model.inventory import Environment
from playbook_engine.model.steps import Escalate
from playbook_engine.phrases.handbook import People
from playbook_engine.phrases.words import Words
from playbook_engine.report.handbook.markdown import code, table, text
from playbook_engine.report.handbook.reading import Reading
from playbook_engine.values import Duration


def person(environment: Environment | None, name: str) -> str:
    """Return a contact with all the ways to reach them that the environment knows."""
    contact = environment.contact(name) if environment is not None else None
    if contact is None:
        return f"**{text(name)}**"
    called = dict(contact.details).get("name")
    details = (detail for detail in contact.details if detail[0] != "name")
    ways = [f"{text(way)} {code(address)}" for way, address in (*contact.addresses, *details)]
    words = [code(name), *ways] if called else ways
    return f"**{text(called or name)}**" + (f" ({', '.join(words)})" if words else "")


def said(reading: Reading, step: Escalate) -> str | None:
    """Return what is told beyond the title."""
    if step.message is None:
        return None
    return str(step.message.draft(reading.names))


def ladder(reading: Reading) -> Iterator[str]:
    """Yield who is told when nothing helped."""
    environment, words = reading.environment, reading.words
    if environment is None:
        yield words(People.NAMES_NOBODY_YET)
        return
    if not environment.escalation:
        yield words(People.NAMES_NOBODY, name=code(environment.name))
        return
    rows = [
        (code(rule.when), _how_soon(rule.after, words), person(environment, rule.to))
        for rule in environment.escalation
    ]
    yield table(tuple(map(words, (People.WHEN, People.HOW_SOON, People.TELL))), rows)
    yield _who_acts(environment, words)


def _how_soon(after: Duration, words: Words) -> str:
    return words(People.AFTER, delay=after) if after.ms else words(People.AT_ONCE)


def _who_acts(environment: Environment, words: Words) -> str:
    """Return which of the rules a run acts on by itself."""
    if any(rule.ends_runs for rule in environment.escalation):
        return words(People.RUN_TELLS, rule=code("unresolved"))
    return words(People.NO_RUN_TELLS)
