"""Whether a mitigation was made on a target lately: `cooldown` as a pure function.

Counted from the record, at the beginning of the run: what is asked for a yes is what is done, however long the answer
takes. A time that is still to come, because a clock was set back, counts as just now.
"""

from playbook_engine.model.outcomes import Cause
from playbook_engine.model.plan import Made
from playbook_engine.values import Duration

_MINUTE = 60_000


def still_cooling(cooldown: Duration, made: Made | None) -> Cause | None:
    """Return why the mitigation is not made again; None when it may be."""
    if made is None or made.ago_ms >= cooldown.ms:
        return None
    return Cause("cooldown", f"made {ago(made.ago_ms)} by run {made.run}; not again within {cooldown}")


def ago(ms: int) -> str:
    """Return how long ago something was, in few words."""
    if ms < 0:
        return "at a time that is still to come"
    return "less than a minute ago" if ms < _MINUTE else f"{Duration(ms // _MINUTE * _MINUTE)} ago"
