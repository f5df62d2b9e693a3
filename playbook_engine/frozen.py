"""Frozen dataclasses that cost little to define.

The standard decorator compiles up to seven methods for each class while a module is imported: with the hundred
value classes that `runbook lint` loads, that alone takes longer than linting. Here the methods that are the same for
all classes are shared, and `__init__` is compiled when the first instance is made. `docs/decisions/0008` has figures.

To type checkers and to `dataclasses.fields` and `replace` these classes are ordinary dataclasses.
"""

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

__all__ = ["dataclass"]

T = TypeVar("T")


def _refuse(self: object, name: str, *_: object) -> NoReturn:
    raise dataclasses.FrozenInstanceError(f"{type(self).__name__}.{name} cannot be changed")


def _equal(self: object, other: object) -> object:
    if self.__class__ is not other.__class__:
        return NotImplemented
    return self.__dict__ == other.__dict__


def _hash(self: object) -> int:
    return hash((self.__class__, *self.__dict__.values()))


def _repr(self: object) -> str:
    shown = (f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self) if field.repr)  # type: ignore[arg-type]  # it is one
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _init_on_first_use(cls: type[Any]) -> Callable[..., None]:
    """Return an `__init__` that compiles the real one, puts it in its own place, and calls it."""

    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        type.__setattr__(cls, "__init__", _compiled_init(cls))
        cls.__init__(self, *args, **kwargs)

    return init


def _compiled_init(cls: type[Any]) -> Callable[..., None]:
    """Compile an `__init__` from the fields: it writes the instance's dictionary, past the refusal to change."""
    known: dict[str, Any] = {"MISSING": dataclasses.MISSING}
    body = ["own__ = self.__dict__"]  # a name that no field has
    positional: list[str] = []
    keyword: list[str] = []
    for field in dataclasses.fields(cls):
        name = field.name
        parameter, value = name, name
        if field.default is not dataclasses.MISSING:
            known[f"default_{name}"] = field.default
            parameter = f"{name}=default_{name}"
        elif field.default_factory is not dataclasses.MISSING:
            known[f"factory_{name}"] = field.default_factory
            parameter = f"{name}=MISSING"
            value = f"factory_{name}() if {name} is MISSING else {name}"
        body.append(f"own__[{name!r}] = {value}")
        (keyword if field.kw_only else positional).append(parameter)
    parameters = ", ".join(["self", *positional, *(["*", *keyword] if keyword else [])])
    source = f"def __init__({parameters}):\n  " + "\n  ".join(body)
    exec(source, known)  # noqa: S102  names of our own fields, as the standard library does it
    init: Callable[..., None] = known["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    return init


SHARED = {
    "__setattr__": _refuse,
    "__delattr__": _refuse,
    "__eq__": _equal,
    "__hash__": _hash,
    "__repr__": _repr,
}
"""What is the same for all; a class that has its own keeps it."""


def _frozen(cls: type[T], *, kw_only: bool, eq: bool) -> type[T]:
    own = vars(cls)
    for name, method in SHARED.items():
        if name not in own and (eq or name not in ("__eq__", "__hash__")):
            setattr(cls, name, method)
    # The standard decorator still works out fields, defaults and inheritance.
    made = dataclasses.dataclass(init=False, repr=False, eq=False, kw_only=kw_only)(cls)
    type.__setattr__(made, "__init__", _init_on_first_use(made))
    return made


if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(
        *, frozen: bool = False, slots: bool = False, kw_only: bool = False, order: bool = False, eq: bool = True
    ) -> Callable[[type[T]], type[T]]:
        """Make a frozen dataclass; anything else is the standard decorator's business."""
        if not frozen or order:
            return dataclasses.dataclass(frozen=frozen, slots=slots, kw_only=kw_only, order=order, eq=eq)
        return lambda cls: _frozen(cls, kw_only=kw_only, eq=eq)
