"""The whole document."""

from collections.abc import Iterator

from playbook_engine.phrases.handbook import Page, Top
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
    playbook, words = reading.playbook, reading.words
    yield from top.title(reading)
    yield from top.bullets(words(Top.SYMPTOMS), playbook.symptoms)
    yield from top.bullets(words(Top.CAUSES), playbook.causes)
    yield from top.preparation(reading)
    if playbook.health:
        yield f"## {words(Page.ALL_WELL)}"
        yield words(Page.WELL_THEN if playbook.steps else Page.WELL_WHEN)
        yield from listing(reading, playbook.health, Spot("H", _STEP))
    if playbook.steps:
        yield f"## {words(Page.STEPS)}"
        yield words(Page.STEPS_ABOUT)
        yield from listing(reading, playbook.steps, Spot("", _STEP))
    if playbook.finally_:
        yield f"## {words(Page.IN_ANY_CASE)}"
        yield words(Page.IN_ANY_CASE_ABOUT)
        yield from listing(reading, playbook.finally_, Spot("F", _STEP))
    if playbook.steps:
        yield f"## {words(Page.UNSOLVED)}"
        yield from people.ladder(reading)
    yield from top.bullets(words(Page.PREVENTION), playbook.prevention)
    yield from top.bullets(words(Page.LONG_TERM), playbook.long_term)
    if playbook.references:
        yield f"## {words(Page.REFERENCES)}"
        yield items(link(name, url) for name, url in playbook.references)
    yield "---"
    command = code(f"runbook show {playbook.name}")
    yield words(Page.WRITTEN_BY, command=command, version=code(playbook.version))
