"""The whole document."""

from collections.abc import Iterator

from playbook_engine.report.handbook import people, top
from playbook_engine.report.handbook.markdown import code, items, link
from playbook_engine.report.handbook.reading import Reading
from playbook_engine.report.handbook.steps import Spot, listing

_STEP = 3
"""The level of a step's heading."""


def page(reading: Reading) -> str:
    """Return a playbook as Markdown that a person can follow without the program."""
    return "\n\n".join(_blocks(reading)) + "\n"


def _blocks(reading: Reading) -> Iterator[str]:
    playbook = reading.playbook
    yield from top.title(playbook)
    yield from top.bullets("Symptoms", playbook.symptoms)
    yield from top.bullets("Causes", playbook.causes)
    yield from top.preparation(reading)
    if playbook.health:
        yield "## Is all well?"
        yield "All is well when every check here holds." + (
            " Then stop: there is nothing to do. Else note which do not hold, and go on." if playbook.steps else ""
        )
        yield from listing(reading, playbook.health, Spot("H", _STEP))
    if playbook.steps:
        yield "## Steps"
        yield (
            "Go through them in this order. Note what comes of each: later steps refer to it. A check that does not "
            "hold, or cannot be made, has failed, and stops nothing."
        )
        yield from listing(reading, playbook.steps, Spot("", _STEP))
    if playbook.finally_:
        yield "## In any case"
        yield "Do these at the end, however it ends."
        yield from listing(reading, playbook.finally_, Spot("F", _STEP))
    if playbook.steps:
        yield "## If nothing solved it"
        yield from people.ladder(reading.environment)
    yield from top.bullets("Prevention", playbook.prevention)
    yield from top.bullets("Long-term measures", playbook.long_term)
    if playbook.references:
        yield "## References"
        yield items(link(name, url) for name, url in playbook.references)
    yield "---"
    yield f"Written by {code(f'runbook show {playbook.name}')} from version {code(playbook.version)} of the playbook."
