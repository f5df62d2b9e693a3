"""A request line: `GET {{ api_url }}/users/{{ name }}?since={{ day }}`.

A value means something else in each place of a URL, and is treated so:

    at the very start    the base URL; taken as it is
    in the host part     must look like a host name or a port; nothing else can be smuggled in
    behind that          percent-encoded, so that it stays one path segment or one query value
"""

import re
from enum import StrEnum
from urllib.parse import quote, urlsplit

from playbook_engine.actions.placeholders import Part, parts
from playbook_engine.diagnostics import Problems, Span, did_you_mean
from playbook_engine.frozen import dataclass
from playbook_engine.model.document import Scalar
from playbook_engine.model.expressions import Compiler, ExpressionError, Reference, Template
from playbook_engine.values import Names, Secret, SecretText, Text, reveal

READING_METHODS = ("GET", "HEAD", "OPTIONS")
METHODS = (*READING_METHODS, "POST", "PUT", "PATCH", "DELETE")

_WORD = re.compile(r"\s*(\S+)\s*")
_BLANK = re.compile(r"[\s\x00-\x1f\x7f]")
_HOST_PUNCTUATION = "-._~:[]"
_CREDENTIALS_HINT = "Put credentials into a header, from a secret."
_LONG_FORM_HINT = "Headers and a body belong into the long form: {request: …, headers: …, json: …}."


class Place(StrEnum):
    """Where a piece of a URL stands, which decides what happens to its value."""

    AS_IS = "as it is"
    HOST = "host"
    BEHIND = "behind the host"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the URL: text of the playbook, or one value."""

    template: Template
    place: Place

    def text(self, names: Names) -> Text:
        """Render the piece for its place; raises ExpressionError."""
        text = self.template.text(names)
        match self.place:
            case Place.AS_IS:
                return text
            case Place.HOST:
                return _host_part(text, self.template.span)
            case Place.BEHIND:
                return _encoded(text, self.template.span)

    def draft(self, names: Names) -> Text:
        """Return the piece as far as it is known; what does not fit its place stays as it is written."""
        text = self.template.draft(names)
        if self.template.is_literal or text == self.template.source or self.place is not Place.BEHIND:
            return text
        try:
            return _encoded(text, self.template.span)
        except ExpressionError:
            return self.template.source


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLine:
    """A method and a URL; `source` is what the author wrote."""

    method: str
    pieces: tuple[Piece, ...]
    source: str
    span: Span

    @property
    def references(self) -> tuple[Reference, ...]:
        return tuple(reference for piece in self.pieces for reference in piece.template.references)

    def url(self, names: Names) -> Text:
        """Return the URL with its values, checked; raises ExpressionError."""
        url = _join([piece.text(names) for piece in self.pieces])
        problem = _problem(reveal(url))
        if problem is not None:
            raise ExpressionError(f"the URL '{_shown(url)}' {problem[0]}", self.span, problem[1])
        return url

    def draft(self, names: Names) -> Text:
        """Return the URL as far as it is known."""
        return _join([piece.draft(names) for piece in self.pieces])


def read_request_line(scalar: Scalar, compiler: Compiler, problems: Problems) -> RequestLine | None:
    """Read `METHOD URL`; what is wrong is reported at its column."""
    method, start = _method(scalar, problems)
    if method is None:
        return None
    end = len(scalar.text.rstrip())
    if start >= end:
        problems.error("missing-url", f"expected a URL behind {method}", scalar.span)
        return None
    stretches = [part for part in parts(scalar.text[:end], start) if part.end > start]
    fine = _check_shape(scalar, stretches, problems)
    pieces = _pieces(scalar, stretches, compiler)
    if not fine or pieces is None:
        return None
    return RequestLine(
        method=method, pieces=pieces, source=scalar.text[start:end], span=scalar.at(start, end - start)
    )


def _method(scalar: Scalar, problems: Problems) -> tuple[str | None, int]:
    """Return the method and where the URL begins; None when there is no method, which is reported."""
    match = _WORD.match(scalar.text)
    word, start, after = (match[1], match.start(1), match.end()) if match else ("", 0, 0)
    if word in METHODS:
        return word, after
    place = scalar.at(start, len(word))
    if "://" in word or "{{" in word or "/" in word:
        hint = f"Write 'GET {scalar.text.strip()}', or another of {', '.join(METHODS)}."
        problems.error("missing-method", "expected an HTTP method in front of the URL", place, hint)
    else:
        hint = did_you_mean(word.upper(), METHODS) or f"Use one of {', '.join(METHODS)}, in capital letters."
        problems.error("unknown-method", f"'{word}' is not an HTTP method", place, hint)
    return None, after


def _check_shape(scalar: Scalar, stretches: list[Part], problems: Problems) -> bool:
    """Check what is known of the URL before any value is: blanks, scheme, host, credentials."""
    first = stretches[0]
    for part in stretches:
        blank = None if part.is_value else _BLANK.search(scalar.text, part.start, part.end)
        if blank:
            message = "a URL holds no blanks; write %20 for a space"
            problems.error("invalid-url", message, scalar.at(blank.start()), _LONG_FORM_HINT)
            return False
    if first.is_value:
        return True
    # A digit fits everywhere a value can stand: host, port, path and query.
    shape = "".join("1" if part.is_value else scalar.text[part.start : part.end] for part in stretches)
    problem = _problem(shape)
    if problem is not None:
        place = scalar.at(first.start, stretches[-1].end - first.start)
        problems.error("invalid-url", f"the URL {problem[0]}", place, problem[1])
    return problem is None


def _pieces(scalar: Scalar, stretches: list[Part], compiler: Compiler) -> tuple[Piece, ...] | None:
    """Compile every stretch, so that all problems are found; None when one did not compile."""
    pieces: list[Piece] = []
    before = ""
    for part in stretches:
        text = scalar.text[part.start : part.end]
        template = compiler.fragment(scalar, part.start, part.end)
        place = _place(before) if part.is_value else Place.AS_IS
        before += "1" if part.is_value else text
        if template is not None:
            pieces.append(Piece(template, place))
    return tuple(pieces) if len(pieces) == len(stretches) else None


def _place(before: str) -> Place:
    """Return how a value is treated behind what stands `before` it in the URL."""
    if not before:
        return Place.AS_IS
    _, scheme_end, rest = before.partition("://")
    in_host = bool(scheme_end) and not any(char in rest for char in "/?#")
    return Place.HOST if in_host else Place.BEHIND


def _host_part(text: Text, span: Span) -> Text:
    wrong = next((char for char in reveal(text) if not (char.isalnum() or char in _HOST_PUNCTUATION)), None)
    if wrong is not None:
        shown = "it" if isinstance(text, SecretText) else f"'{text}'"
        raise ExpressionError(f"{shown} cannot be part of a host name", span, "Use a host name, or a port.")
    return text


def _encoded(text: Text, span: Span) -> Text:
    if reveal(text) in {".", ".."}:
        # Percent-encoding leaves dots alone, and clients resolve such a segment: it would change the path.
        raise ExpressionError(f"'{text}' would change the path of the URL", span)
    try:
        if isinstance(text, str):
            return quote(text, safe="")
        return SecretText(tuple(_encoded_piece(piece) for piece in text.parts))
    except UnicodeEncodeError:
        raise ExpressionError("the value holds characters that cannot be sent in a URL", span) from None


def _encoded_piece(piece: str | Secret) -> str | Secret:
    return quote(piece, safe="") if isinstance(piece, str) else Secret(piece.name, quote(piece.reveal(), safe=""))


def _join(texts: list[Text]) -> Text:
    if all(isinstance(text, str) for text in texts):
        return "".join(str(text) for text in texts)
    found: list[str | Secret] = []
    for text in texts:
        found.extend((text,) if isinstance(text, str) else text.parts)
    return SecretText(tuple(found))


def _problem(url: str) -> tuple[str, str | None] | None:
    """Return what is wrong with a URL, and what to do; never a part of it, for it may hold a secret."""
    if _BLANK.search(url):
        return "holds a blank or a control character", None
    try:
        split = urlsplit(url)
        port = split.port
    except ValueError:
        return "has a host or port that is not valid", None
    if split.scheme.lower() not in {"http", "https"}:
        return "begins with neither http:// nor https://", None
    if "@" in split.netloc:
        return "holds a user name or a password", _CREDENTIALS_HINT
    if not split.hostname:
        return "names no host", None
    if port == 0 or not all(char.isalnum() or char in _HOST_PUNCTUATION for char in split.netloc):
        return "has a host or port that is not valid", None
    return None


def _shown(url: Text) -> str:
    """Return a URL for a message: secrets masked, and no password that a variable brought with it."""
    return re.sub(r"//[^/?#]*@", "//…@", str(url))
