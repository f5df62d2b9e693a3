"""What a channel says after one try."""

from playbook_engine.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The answer of a channel; made by `delivered`, `try_again` and `no_use`.

    `detail` is a receipt, or one sentence on what went wrong, without any part of a secret. `retry_after_s` is None
    when another try is pointless, and 0 when the sender may choose when to try again.
    """

    delivered: bool
    detail: str
    retry_after_s: float | None = None


def delivered(receipt: str) -> Delivery:
    """Say that the receiver has taken the notice."""
    return Delivery(delivered=True, detail=receipt)


def try_again(detail: str, after_s: float = 0.0) -> Delivery:
    """Say that it failed for now."""
    return Delivery(delivered=False, detail=detail, retry_after_s=after_s)


def no_use(detail: str) -> Delivery:
    """Say that it failed and would fail again."""
    return Delivery(delivered=False, detail=detail)
