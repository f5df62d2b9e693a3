"""Whether a mitigation was made lately, as a pure function."""

import pytest

from playbook_engine.engine.cooldown import ago, still_cooling
from playbook_engine.model.plan import Made
from playbook_engine.values import Duration, RunId

RUN = RunId("01JTEST")
QUARTER = Duration(900_000)


@pytest.mark.parametrize(
    ("ago_ms", "message"),
    [
        (0, "made less than a minute ago by run 01JTEST; not again within 15m"),
        (240_500, "made 4m ago by run 01JTEST; not again within 15m"),
        (899_999, "made 14m ago by run 01JTEST; not again within 15m"),
        (900_000, None),
        (9_000_000, None),
        # A clock was set back: nobody can say how long ago it was, so it was just now.
        (-1, "made at a time that is still to come by run 01JTEST; not again within 15m"),
        (-86_400_000, "made at a time that is still to come by run 01JTEST; not again within 15m"),
    ],
)
def test_within_the_cooldown(ago_ms: int, message: str | None) -> None:
    """To the millisecond."""
    cause = still_cooling(QUARTER, Made(RUN, ago_ms))
    assert (cause and cause.message) == message
    assert cause is None or cause.kind == "cooldown"


def test_what_was_never_made_may_be() -> None:
    """Nothing on record, nothing to wait for."""
    assert still_cooling(QUARTER, None) is None


@pytest.mark.parametrize(
    ("ms", "text"),
    [(0, "less than a minute ago"), (59_999, "less than a minute ago"), (60_000, "1m ago"), (3_959_000, "1h5m ago")],
)
def test_how_long_ago_in_few_words(ms: int, text: str) -> None:
    """To the minute: targets of one run are told together."""
    assert ago(ms) == text
