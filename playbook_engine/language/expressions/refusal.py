"""Why an evaluation stopped; `expression` turns it into an ExpressionError with a position."""

Place = tuple[int, int]
"""Where in the expression's text: offset and length."""


class Refused(Exception):
    """The value cannot be computed. `place` is filled in by the innermost part that knows where it stands."""

    def __init__(self, message: str, hint: str | None = None, place: Place | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.place = place


class Missing(Refused):
    """A name or a key is not there; `is defined` and `default` ask for exactly this."""


class Empty(Refused):
    """A list has no item to give; `default` takes over from here as well."""
