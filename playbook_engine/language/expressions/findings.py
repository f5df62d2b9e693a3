"""What is wrong with an expression's text, at an offset in it; `compiler` puts it on the list of problems."""

from playbook_engine.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem: where it stands in the text, what is wrong and what to do."""

    code: str
    message: str
    start: int
    length: int = 1
    hint: str | None = None
