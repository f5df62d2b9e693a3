"""Whom to tell, and how they are reached."""

from collections.abc import Iterator

from playbook_engine.model.inventory import Environment
from playbook_engine.model.steps import Escalate
from playbook_engine.report.handbook.markdown import code, table, text
from playbook_engine.report.handbook.reading import Reading


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


def ladder(environment: Environment | None) -> Iterator[str]:
    """Yield who is told when nothing helped."""
    if environment is None:
        yield "Tell whoever your environment names for this. With `-i INVENTORY` this page names them."
        return
    if not environment.escalation:
        yield f"The environment {code(environment.name)} names nobody for this."
        return
    rows = [
        (code(rule.when), f"after {rule.after}" if rule.after.ms else "at once", person(environment, rule.to))
        for rule in environment.escalation
    ]
    yield table(("When", "How soon", "Tell"), rows)
    yield _who_acts(environment)


def _who_acts(environment: Environment) -> str:
    """Return which of the rules a run acts on by itself."""
    if any(rule.ends_runs for rule in environment.escalation):
        return (
            f"Times count from the beginning of the incident. A run that ends without a solution tells those of "
            f"{code('unresolved')} at once by itself; the other rules are yours to follow."
        )
    return "Times count from the beginning of the incident. These rules are yours to follow: no run tells anybody."
