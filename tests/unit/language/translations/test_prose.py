"""Every field of the language that people read is prose, and nothing else is."""

from pathlib import Path

from shown import EVERYTHING

from playbook_engine.app import loading
from playbook_engine.diagnostics import Problems
from playbook_engine.language.translations.prose import handed, prose_of
from playbook_engine.model.expressions import Template
from playbook_engine.model.playbook import Playbook


def everything(path: Path = EVERYTHING) -> Playbook:
    found = loading.playbook(path, Problems())
    assert found is not None
    return found


class Upper:
    def text(self, written: str) -> str:
        return written.upper()

    def template(self, written: Template) -> Template:
        return written


def test_a_hand_that_does_nothing_changes_nothing() -> None:
    class Idle(Upper):
        def text(self, written: str) -> str:
            return written

    before = everything()

    assert handed(before, Idle()) == before


def test_all_prose_goes_through_the_hand() -> None:
    before, after = everything(), handed(everything(), Upper())

    assert after.title == before.title.upper()
    assert (after.symptoms, after.long_term) == (
        tuple(map(str.upper, before.symptoms)),
        tuple(map(str.upper, before.long_term)),
    )
    assert [spec.description for spec in after.inputs] == [spec.description.upper() for spec in before.inputs]
    assert (after.name, after.variables, after.references) == (before.name, before.variables, before.references)
    options = {"yes", "no", "unsure"}  # an answer stays what it is; what it means stands beside it
    assert {text for text, values in prose_of(after).items() if not values and text != text.upper()} == options


def test_each_text_stands_there_once_and_in_order(tmp_path: Path) -> None:
    file = tmp_path / "p.yml"
    file.write_text(
        "runbook: v1\nname: p\nversion: 1.0.0\ntitle: T\ndescription: D\nsymptoms: [S, C]\ncauses: [C]\n"
        "prevention: [P]\nlong_term: [L]\nvars: {x: 1}\n"
        "inputs: {i: {type: string, default: a, description: I}}\nhealth: [{check: H, local: a, note: N}]\n"
        "steps:\n  - branch: B\n    note: BN\n    cases:\n      - when: 1 == 1\n        steps:\n"
        "          - {mitigate: M, local: a, undo: {manual: 'U {{ x }}'}}\n          - {verify: V}\n"
        "    else:\n      - {escalate: E, to: ana, message: 'X {{ x }}'}\n"
        "finally:\n  - check: F\n    manual: {instruction: 'Look', options: [good, bad]}\n",
        encoding="utf-8",
    )

    assert list(prose_of(everything(file)).items()) == [
        *((text, False) for text in ("T", "D", "S", "C", "P", "L", "I", "H", "N", "B", "BN", "M")),
        ("U {{ x }}", True),
        ("V", False),
        ("E", False),
        ("X {{ x }}", True),
        ("F", False),
        ("Look", True),
        ("good", False),
        ("bad", False),
    ]
