"""The reference page is written from the tables, and says what each verb really is."""

from pathlib import Path

from playbook_engine.actions.kubectl.flag_table import FLAGS
from playbook_engine.actions.kubectl.reference import page
from playbook_engine.actions.kubectl.verbs import VERBS

PAGE = Path(__file__).parents[4] / "docs" / "reference" / "kubectl.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_verb_and_every_flag_is_on_it() -> None:
    text = page()
    assert all(f"| `{name}` " in text for name in VERBS)
    assert all(f"`--{flag.name}`" in text for flag in FLAGS.values())


def test_a_verb_that_cannot_be_taken_back_says_why() -> None:
    rows = {line.split("`")[1]: line for line in page().splitlines() if line.startswith("| `")}
    for verb in VERBS.values():
        if verb.effect == "changes" and verb.undo_refusal:
            assert rows[verb.name].endswith(f"| no: {verb.undo_refusal} |")
