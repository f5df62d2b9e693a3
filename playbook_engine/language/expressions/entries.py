"""How the tables of filters, tests and methods are written: one entry per word, with its line of documentation."""

from collections.abc import Callable, Iterable, Mapping

from playbook_engine.frozen import dataclass
from playbook_engine.values import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A word that expressions know.

    `run` takes the value and the arguments. It is None for a word that `building` treats in a way of its own,
    because the word looks at its operand before that has a value. `example` is evaluated for the reference page.
    """

    name: str
    doc: str
    example: str
    run: Callable[..., Value] | None = None
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    variadic: bool = False
    """Whether more arguments may follow; they belong to the filter or test that is named."""
    usage: str = ""
    """How it is written, where that does not follow from the arguments."""
    patterns: bool = False
    """Whether the first argument is a regular expression, checked when it is constant."""

    def complaint(self, positional: int, keywords: Iterable[str]) -> str | None:
        """Return what is wrong with these arguments, or None."""
        known = (*self.required, *self.optional)
        words = list(keywords)
        if unknown := [word for word in words if word not in known]:
            return f"`{self.name}` has no argument `{unknown[0]}`"
        if twice := [word for word in words if word in known[:positional]]:
            return f"`{self.name}` gets `{twice[0]}` twice"
        if positional > len(known) and not self.variadic:
            return f"`{self.name}` takes {_count(len(known))}, here are {positional + len(words)}"
        absent = [word for word in self.required[positional:] if word not in words]
        return f"`{self.name}` needs the argument `{absent[0]}`" if absent else None

    @property
    def signature(self) -> str:
        """Return how the word is written: `join(separator?)`."""
        if self.usage:
            return self.usage
        arguments = [*self.required, *(f"{name}?" for name in self.optional), *(["…"] if self.variadic else [])]
        return f"{self.name}({', '.join(arguments)})" if arguments else self.name


def _count(number: int) -> str:
    return ("no argument", "one argument", "two arguments")[number] if number < 3 else f"{number} arguments"


def simple(
    name: str,
    run: Callable[..., Value] | None,
    doc: str,
    example: str,
    required: tuple[str, ...] = (),
    optional: tuple[str, ...] = (),
) -> Entry:
    """Return the entry of a word that takes its value and a few arguments."""
    return Entry(name=name, run=run, doc=doc, example=example, required=required, optional=optional)


def table(*entries: Entry) -> Mapping[str, Entry]:
    """Return the entries by name."""
    return {entry.name: entry for entry in entries}
