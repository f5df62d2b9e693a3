"""Lines of kubectl, read as a playbook's are, carried out, and taken back."""

from typing import Any

from playbook_engine.actions.kubectl import KUBECTL
from playbook_engine.actions.kubectl.action import KubectlAction
from playbook_engine.diagnostics import Problems, Source, Span
from playbook_engine.language.expressions.compiler import ExpressionCompiler
from playbook_engine.model.document import Scalar
from playbook_engine.model.replies import KubectlReply
from playbook_engine.model.targets import Cluster
from playbook_engine.ports import Transport
from playbook_engine.values import Duration


def action_of(line: str) -> KubectlAction:
    """Read a line; every problem is a failure of the test."""
    span = Span(Source("line", line), 1, 1, 1, len(line) + 1)
    problems = Problems()
    action = KUBECTL.read(
        Scalar(line, line, span, literal=True, content=span), ExpressionCompiler(problems), problems
    )
    assert problems.sorted() == ()
    assert isinstance(action, KubectlAction)
    return action


async def carry_out(
    transport: Transport, line: str, target: Cluster, *, limit: int = 20_000, undo: bool = False
) -> Any:
    """Carry out a line; `undo` carries out what takes it back, too, and returns both answers."""
    action = action_of(line)
    request: Any = action.request({}, target, Duration(limit))
    before = await transport.perform(action.snapshot(request)) if undo else None
    answer = await transport.perform(request)
    if not undo:
        return answer
    assert isinstance(before, KubectlReply), before
    inverse: Any = action.inverse(request, before)
    return answer, await transport.perform(inverse)
