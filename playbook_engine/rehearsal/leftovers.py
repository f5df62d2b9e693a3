"""What a scenario says that nobody needed, and what was needed and nobody says."""

from collections.abc import Container, Iterator, Mapping, Sequence

from playbook_engine.model.errands import Purpose
from playbook_engine.model.rehearsal import Answered, Scenario
from playbook_engine.model.rehearsed import Finding
from playbook_engine.model.steps import verb_of
from playbook_engine.rehearsal.carrier import ScriptedCarrier, Unanswered
from playbook_engine.rehearsal.keys import KINDS
from playbook_engine.rehearsal.naming import UNDO
from playbook_engine.rehearsal.people import ScriptedAcks, ScriptedPerson, ScriptedTeller
from playbook_engine.values import StepPath


def unanswered(carrier: ScriptedCarrier, scenario: Scenario, names: Mapping[StepPath, str]) -> Iterator[Finding]:
    """Yield each request that was left without an answer, once for a step and target."""
    seen: set[tuple[StepPath, str]] = set()
    for request in carrier.unanswered:
        key = (request.errand.path, str(request.errand.target))
        if key not in seen:
            seen.add(key)
            yield _unanswered(request, scenario, names[request.errand.path])
    for misfit in carrier.misfits:
        yield Finding(
            what="answer", message=misfit.message, span=misfit.answer.span, advice="Answer with one of the options."
        )


def _unanswered(request: Unanswered, scenario: Scenario, name: str) -> Finding:
    errand = request.errand
    undo = errand.purpose is Purpose.UNDO
    key = f"{name}{UNDO}" if undo else name
    step = errand.step
    what = f"the undo of '{step.title}'" if undo else f"the {verb_of(step)} '{step.title}'"
    message = f"no answer for {what} on {errand.target} ({step.span}): {request.kind}: {request.summary}"
    place = next((each.key.span for each in scenario.answers if each.key.text == key), scenario.span)
    return Finding(
        what="request",
        message=message,
        span=place,
        advice=f"Write under 'answers':  {_as_key(key)}: {_example(request)}",
    )


def _as_key(name: str) -> str:
    """Return a name as a key of YAML."""
    plain = name[:1].isalnum() and not any(sign in name for sign in (": ", " #", '"')) and not name.endswith(":")
    return name if plain else f'"{name}"'


def _example(request: Unanswered) -> str:
    return dict(zip(KINDS, ("{rc: 0}", "{rc: 0}", "{status: 200}", "{}", "{answer: done}"), strict=True))[
        request.kind
    ]


def unused(answers: Sequence[Answered], used: Container[int]) -> Iterator[Finding]:
    """Yield each answer that was never given."""
    for answered in answers:
        left = [(each, answer) for each in answered.by_target for answer in each.answers if id(answer) not in used]
        count = sum(len(each.answers) for each in answered.by_target)
        if left and len(left) == count:
            message = f"the answer of '{answered.key.text}' was never used"
            yield Finding(what="answer", message=message, span=answered.key.span, advice=_advice(answered))
            continue
        for each, answer in left:
            where = "" if each.target is None else f" on {each.target.text}"
            number = each.answers.index(answer) + 1
            which = f"answer {number} of {len(each.answers)}" if len(each.answers) > 1 else "the answer"
            message = f"{which} of '{answered.key.text}'{where} was never used"
            span = each.target.span if each.target is not None and len(each.answers) == 1 else answer.span
            yield Finding(what="answer", message=message, span=span, advice=_advice(answered))


def _advice(answered: Answered) -> str:
    del answered
    return "Take it out, or look at the path for why it was not asked."


def idle(scenario: Scenario, person: ScriptedPerson, teller: ScriptedTeller, acks: ScriptedAcks) -> Iterator[Finding]:
    """Yield each word of a person that nobody waited for."""
    for word, _ in scenario.approvals.by_step:
        if word.text not in person.asked:
            message = f"nobody was asked to approve '{word.text}'"
            advice = "Take it out, or look at the path for why it did not come to that."
            yield Finding(what="approve", message=message, span=word.span, advice=advice)
    for word in scenario.cannot_be_told:
        if word.text not in teller.tried:
            message = f"nobody tried to tell '{word.text}'"
            yield Finding(what="cannot_be_told", message=message, span=word.span, advice="Take it out.")
    if scenario.ack is not None and not acks.waited:
        message = "nothing waited for somebody to take it"
        yield Finding(what="ack", message=message, span=scenario.ack.span, advice="Take it out.")
