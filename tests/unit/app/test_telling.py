"""What a contact is told: people in their language, machines as it is recorded."""

from rehearsing import Rehearsal
from reported_runs import RUN

from playbook_engine.app.telling import EnvironmentTeller
from playbook_engine.app.world import Record, SystemClock
from playbook_engine.audit.redact import Redactor
from playbook_engine.audit.writer import UnrecordedRun
from playbook_engine.model.translations import UNTRANSLATED, Reader, Texts
from playbook_engine.phrases.words import CHINESE
from playbook_engine.ports import Story
from playbook_engine.values import Secret, StepPath

PLAYBOOK = "hosts: all\nsteps: [{check: Disk, ssh: df}]\n"
TEXTS = Texts(plain={"A test": "一次测试", "Restart": "重启", "Disk": "磁盘"})
TOKEN = Secret("TOKEN", "t0psecret")


def teller(reader: Reader) -> EnvironmentTeller:
    clock, redactor = SystemClock(), Redactor([TOKEN])
    return EnvironmentTeller(
        plan=Rehearsal(PLAYBOOK).executor.state.plan,
        run=RUN,
        secrets={},
        clock=clock,
        record=Record(UnrecordedRun(clock, RUN, redactor), None, "no room", redactor),
        reader=reader,
    )


STORY = Story(path=StepPath("steps/2"), reason="Disk", message="Disk of h1", changed=("Restart",), shown="h1 的磁盘")
END = Story(
    path=None,
    reason="the run ended without a solution",
    message="A test: unresolved, the mitigation 'Restart' ended failed",
)


def test_a_step_tells_its_own_message() -> None:
    told = teller(Reader(CHINESE, TEXTS))._shown(STORY)

    assert (told.title, told.reason, told.message, told.changed) == ("一次测试", "磁盘", "h1 的磁盘", ("重启",))


def test_the_end_of_a_run() -> None:
    told = teller(Reader(CHINESE, TEXTS))._shown(END)

    assert told.reason == "执行结束，问题未解决"
    assert told.message == "一次测试：未解决，变更“重启”结果为失败"


def test_without_another_language_both_are_the_same() -> None:
    plain = Story(path=StepPath("steps/2"), reason="Disk", message="Disk of h1", changed=("Restart",))

    assert teller(UNTRANSLATED)._shown(plain) == teller(UNTRANSLATED)._facts(plain)
    assert teller(UNTRANSLATED)._shown(END) == teller(UNTRANSLATED)._facts(END)


def test_machines_read_what_is_recorded() -> None:
    told = teller(Reader(CHINESE, TEXTS))._facts(STORY)

    assert (told.title, told.reason, told.message) == ("A test", "Disk", "Disk of h1")


def test_a_translation_shows_no_secrets_either() -> None:
    story = Story(path=StepPath("steps/2"), reason="Disk", message="m", shown=f"口令 {TOKEN.reveal()}")

    assert "t0psecret" not in str(teller(Reader(CHINESE, TEXTS))._shown(story))
