"""Whatever a rehearsal says, it is played or it is told what is wrong with it: never a traceback, never a hang."""

import tempfile
from pathlib import Path

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playbook_engine.app.config import Config
from playbook_engine.app.rehearsing import files, testing
from playbook_engine.app.rehearsing.testing import Wanted
from playbook_engine.errors import InvalidInput

PLAYBOOK = (Path(__file__).parent / "rehearsals" / "all-verbs.yml").read_text(encoding="utf-8")
STEPS = [
    "well",
    "log",
    "restart",
    "scale",
    "scale.undo",
    "again",
    "Where is the fault?",
    "ssh: *",
    "kubectl: get *",
    "x",
]
WORDS = st.sampled_from(
    ["ok", "failed", "case 1", "else", "yes", "no", "stop", "nobody", "5s", "host-1", "main", "", "x"]
)
SCALARS = st.one_of(WORDS, st.none(), st.booleans(), st.integers(-1, 700), st.text(max_size=5))
FIELDS = [
    "rc",
    "stdout",
    "status",
    "json",
    "for",
    "duration",
    "fault",
    "message",
    "before",
    "targets",
    "changed",
    "text",
]


def mappings(keys: list[str], values: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    return st.dictionaries(st.sampled_from(keys), values, max_size=4)


FAULTS = st.sampled_from(["timeout", "unreachable", "lost", "refused"])
GOOD = st.one_of(
    st.just({}), st.builds(lambda rc: {"rc": rc}, st.integers(0, 255)), st.builds(lambda f: {"fault": f}, FAULTS)
)
ANSWER = st.one_of(GOOD, mappings(FIELDS, SCALARS))
ANSWERS = st.one_of(
    ANSWER, st.lists(ANSWER, max_size=3), SCALARS, mappings(["targets"], mappings(["host-1", "main"], ANSWER))
)
EXPECT = st.fixed_dictionaries(
    {"verdict": st.sampled_from(["healthy", "resolved", "unresolved", "unknown", "x"])},
    optional={
        "path": st.lists(
            st.one_of(mappings(STEPS, st.one_of(WORDS, mappings(["host-1"], WORDS))), SCALARS), max_size=4
        ),
        "changed": st.one_of(mappings(STEPS, st.one_of(st.lists(SCALARS, max_size=2), SCALARS)), SCALARS),
        "undone": st.one_of(st.lists(SCALARS, max_size=2), SCALARS),
        "told": st.one_of(st.lists(SCALARS, max_size=2), SCALARS),
        "captured": st.one_of(mappings(["log.lines", "x"], SCALARS), SCALARS),
    },
)
SCENARIO = st.fixed_dictionaries(
    {"scenario": st.sampled_from(["One", "Two", ""]), "expect": st.one_of(EXPECT, SCALARS)},
    optional={
        "answers": st.one_of(mappings(STEPS, ANSWERS), SCALARS),
        "approve": st.one_of(WORDS, mappings(STEPS, WORDS)),
        "ack": st.one_of(mappings(["by", "after", "note"], SCALARS), SCALARS),
        "interrupt": SCALARS,
        "cannot_be_told": st.one_of(st.lists(SCALARS, max_size=2), SCALARS),
        "vars": st.one_of(mappings(["log", "size", "x"], SCALARS), SCALARS),
        "hosts": st.one_of(mappings(["host-1", "x"], SCALARS), SCALARS),
        "inputs": st.one_of(mappings(["size", "x"], SCALARS), SCALARS),
        "limit": SCALARS,
        "tags": st.one_of(st.lists(SCALARS, max_size=2), SCALARS),
    },
)
REHEARSAL = st.fixed_dictionaries(
    {"rehearsal": st.just("v1"), "playbook": st.just("all-verbs"), "scenarios": st.lists(SCENARIO, max_size=3)},
    optional={"groups": st.one_of(mappings(["all", "web"], st.lists(SCALARS, max_size=2)), SCALARS), "now": SCALARS},
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(document=REHEARSAL)
def test_it_is_played_or_refused(document: dict[str, object]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        playbooks = Path(folder)
        (playbooks / "rehearsals").mkdir()
        (playbooks / "all-verbs.yml").write_text(PLAYBOOK, encoding="utf-8")
        rehearsal = playbooks / "rehearsals" / "all-verbs.yml"
        rehearsal.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
        config = Config(playbooks=playbooks)
        try:
            report = testing.test(Wanted(meant=files.meant([folder], config), coverage=True), config)
        except InvalidInput as error:
            said = [each.message for each in error.diagnostics]
            assert all(said)
        else:
            assert all(finding.advice for each in report.scenarios for finding in each.findings)
