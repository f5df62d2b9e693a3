"""Which requests are sent again by themselves, and when: the one policy for all commands.

    answer                    reading                    changing
    429                       after Retry-After, again   after Retry-After, again: it was turned away unread
    500, 502, 503, 504        again, a few times         never: nobody knows whether it was made
    connection broke          again, a few times         never, likewise
    connection cannot be made never                      never: whoever wrote the step says `retries`

A conflict (409) is tried again by the whole command (`carriers`), because it has to look at the object again. All of
it happens within the step's deadline: when the wait is longer than what is left, the answer stands.
"""

from dataclasses import dataclass

from urllib3 import exceptions as http

from playbook_engine.transports.kubernetes.session import ApiError

_FAILED = frozenset({500, 502, 503, 504})
_FEW = 3
_MOST = 12
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.2, 5.0


@dataclass(frozen=True, slots=True)
class Tried:
    """What has been tried: whether it changes something, how often, and whether part of the answer was used."""

    change: bool
    times: int
    begun_to_answer: bool = False


def pause(error: Exception, tried: Tried) -> float | None:
    """Return how many seconds to wait before the request is sent again; None when it is not."""
    if tried.begun_to_answer:
        return None
    if isinstance(error, ApiError):
        return _after_status(error, tried)
    return _backoff(tried) if _broke(error) and not tried.change and tried.times < _FEW else None


def _broke(error: Exception) -> bool:
    """Return whether the connection ended: a kept one may have been closed just when it was used again."""
    torn = isinstance(error, http.SSLError) and "EOF" in str(error)
    return torn or isinstance(error, http.ProtocolError | http.IncompleteRead)


def _after_status(error: ApiError, tried: Tried) -> float | None:
    if error.status == 429:
        most = _MOST
    elif error.status in _FAILED and not tried.change:
        most = _FEW if error.retry_after is None else _MOST
    else:
        return None
    if tried.times >= most:
        return None
    return _backoff(tried) if error.retry_after is None else max(error.retry_after, _FIRST_WAIT_S)


def _backoff(tried: Tried) -> float:
    return min(_FIRST_WAIT_S * 2.0 ** (tried.times - 1), _LONGEST_WAIT_S)
