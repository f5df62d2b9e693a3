"""Options that belong together reach a command as one frozen value instead of a parameter each."""

from collections.abc import Callable
from dataclasses import fields
from functools import wraps
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


def grouped(
    kind: type[Any], name: str, *options: Callable[[F], F], absent: Callable[[Any], bool] | None = None
) -> Callable[[F], F]:
    """Add options to a command and hand their values over as its parameter `name`, a `kind`.

    The dataclass has a field for each option, called as click calls the option's parameter. A value of which `absent`
    is true is handed over as None.
    """
    wanted = [field.name for field in fields(kind)]

    def decorate(function: F) -> F:
        @wraps(function)
        def command(*args: Any, **given: Any) -> Any:
            value = kind(**{field: given.pop(field) for field in wanted})
            missing = absent is not None and absent(value)
            return function(*args, **given, **{name: None if missing else value})

        decorated: Any = command
        for option in reversed(options):
            decorated = option(decorated)
        return decorated  # type: ignore[no-any-return]  # click's decorators keep what they are given

    return decorate
