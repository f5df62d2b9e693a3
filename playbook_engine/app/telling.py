"""Tells the contacts of an environment."""

from collections.abc import Mapping
from dataclasses import replace

from playbook_engine.app.world import Record, SystemClock, jitter
from playbook_engine.escalation.deliver import Delivered, Undelivered, deliver
from playbook_engine.escalation.key import idempotency_key
from playbook_engine.escalation.notice import RunFacts, notice
from playbook_engine.frozen import dataclass
from playbook_engine.model.outcomes import Verdict
from playbook_engine.model.plan import Plan
from playbook_engine.model.translations import UNTRANSLATED, Reader
from playbook_engine.ports import Story
from playbook_engine.report.retelling import ending
from playbook_engine.values import RunId, Secret, StepPath


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How telling a contact ended (`ports.Told`)."""

    channel: str | None = None
    address: str = ""
    receipt: str = ""
    tries: int = 0
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentTeller:
    """Tells contacts over the channels of the plan's environment (`ports.Teller`)."""

    plan: Plan
    run: RunId
    secrets: Mapping[str, Secret]
    clock: SystemClock
    record: Record
    reader: Reader = UNTRANSLATED

    def key(self, path: StepPath | None, contact: str) -> str:
        """Return the idempotency key of a notice: the same on every try."""
        return idempotency_key(self.run, path, contact)

    async def tell(self, contact: str, story: Story, key: str) -> Outcome:
        """Try the contact's channels in order."""
        # httpx takes a while to import, and most runs tell nobody.
        from playbook_engine.escalation.channels.registry import notifiers  # noqa: PLC0415  see above

        environment = self.plan.environment
        known = environment.contact(contact)
        if known is None:
            return Outcome(reasons=(f"the environment has no contact '{contact}'",))
        told = await deliver(
            known,
            environment,
            notice(self._facts(story), key, self._shown(story), self.reader.words),
            self.secrets,
            notifiers=notifiers(self.clock),
            clock=self.clock,
            jitter=jitter,
        )
        match told:
            case Delivered():
                return Outcome(
                    channel=told.channel,
                    address=told.address,
                    receipt=told.receipt,
                    tries=told.tries,
                    reasons=told.reasons,
                )
            case Undelivered():
                return Outcome(reasons=told.reasons)

    def _shown(self, story: Story) -> RunFacts:
        """Return the same for people, in their language."""
        reader = self.reader
        return replace(
            self._facts(story),
            title=reader.text(self.plan.playbook.title),
            reason=self.record.redactor.text(reader.sentence(story.reason)),
            message=self.record.redactor.text(self._message(story)),
            changed=tuple(map(reader.text, story.changed)),
            undone=tuple(map(reader.text, story.undone)),
        )

    def _message(self, story: Story) -> str:
        """Return the author's message, or what the engine says at the end of a run: title, verdict and reason."""
        if story.shown:
            return story.shown
        title, said = self.plan.playbook.title, story.message
        verdict, comma, reason = said.removeprefix(f"{title}: ").partition(", ")
        if story.path is None and comma and verdict in list(Verdict):
            return ending(title, Verdict(verdict), reason, self.reader)
        return self.reader.sentence(said)

    def _facts(self, story: Story) -> RunFacts:
        """Return what is told; the message may quote hosts, so secrets are masked as on record."""
        mask = self.record.redactor.text
        return RunFacts(
            playbook=self.plan.playbook.name,
            title=self.plan.playbook.title,
            environment=self.plan.environment.name,
            run=self.run,
            reason=mask(story.reason),
            severity=self.plan.playbook.severity,
            message=mask(story.message),
            step=story.path,
            changed=story.changed,
            undone=story.undone,
            head=self.record.file.head if self.record.file else None,
            wait=str(story.wait) if story.wait else None,
        )
