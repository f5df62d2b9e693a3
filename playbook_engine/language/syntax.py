"""What a YAML parser complains about, in plain words and at the place to look at.

The two parsers (libyaml and PyYAML's own) word the same complaint differently; both are known here.
"""

import re
from collections.abc import Callable

from playbook_engine.diagnostics import Diagnostic, Source
from playbook_engine.frozen import dataclass
from playbook_engine.language.text import Lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """A parser's own words, and the offsets that it gives: where it stopped and where what it was reading began."""

    problem: str
    context: str
    at: int
    since: int


@dataclass(frozen=True, slots=True)
class _Place:
    """A complaint with the text around it."""

    complaint: Complaint
    lines: Lines
    text: str

    @property
    def line_before(self) -> str:
        """Return the line up to where the parser stopped."""
        return self.text[self.text.rfind("\n", 0, self.complaint.at) + 1 : self.complaint.at]

    @property
    def line_since(self) -> int:
        return self.lines.position(self.complaint.since)[0]


_Words = tuple[str, str | None, int]
"""Message, hint, offset."""

QUOTE_BRACES = (
    "a value that begins with {{ must be quoted",
    'Write "{{ name }}": without quotes YAML reads a mapping.',
)
_BRACES = r"(?:^|[:,\[-])[ ]*(\{\{)"
_TABS = ("YAML is indented with spaces; found a tab", "Replace each tab at the beginning of a line by spaces.")


def explain(source: Source, lines: Lines, complaint: Complaint) -> Diagnostic:
    """Return the complaint as a diagnostic that says what to do."""
    place = _Place(complaint, lines, source.text)
    message, hint, at = _frequent(place) or _words(place)
    return Diagnostic("yaml-syntax", message, lines.span(at, at + 1), hint)


def _frequent(place: _Place) -> _Words | None:
    """Return words for the two mistakes that show as many different complaints: tabs and unquoted braces."""
    start = place.lines.offset(place.lines.position(place.complaint.at)[0])
    indented = place.text[start:].lstrip(" ")
    if indented.startswith("\t"):
        return (*_TABS, len(place.text) - len(indented))
    braces = re.search(_BRACES, place.line_before)
    return (*QUOTE_BRACES, start + braces.start(1)) if braces else None


def _words(place: _Place) -> _Words:
    complaint = place.complaint
    own_words = f"{complaint.context}: {complaint.problem}"
    for part, words in _TABLE:
        if part in own_words:
            return words(place)
    return f"this is not valid YAML: {complaint.problem}", None, complaint.at


def _character(place: _Place) -> _Words:
    at = place.complaint.at
    if place.text[at : at + 1] == "\t":
        return (*_TABS, at)
    message = f"a value cannot begin with '{place.text[at : at + 1]}'"
    return message, "Put the value in quotes.", at


def _colon(place: _Place) -> _Words:
    if ": " in place.line_before.strip():
        return "a second ': ' in one value", "Put the value in quotes.", place.complaint.at
    hint = "Is the line indented too far, or does the line above lack its ': '?"
    return "a key is not expected here", hint, place.complaint.at


def _dash(place: _Place) -> _Words:
    hint = "Begin the list on a line of its own, or put the value in quotes if it is a text."
    return "a list item '-' is not expected here", hint, place.complaint.at


def _key(place: _Place) -> _Words:
    if place.text.startswith(":", place.complaint.at):
        return "a key is missing before ':'", None, place.complaint.at
    before = place.line_before.rstrip()
    if before.endswith(("'", '"')):
        return "text after the closing quote", "Put the whole value in one pair of quotes.", place.complaint.at
    hint = f"Indent it like the first key of this mapping, in line {place.line_since}."
    return "this line does not fit the indentation of the lines above", hint, place.complaint.at


def _item(place: _Place) -> _Words:
    message = f"expected '- ' here: the list that begins in line {place.line_since} is not over by its indentation"
    return message, "Indent the line like the list's items, or less than the list.", place.complaint.at


def _unclosed(opening: str, closing: str) -> Callable[[_Place], _Words]:
    def words(place: _Place) -> _Words:
        message = f"expected ',' or '{closing}': the '{opening}' of line {place.line_since} is still open"
        return message, f"Close it with '{closing}', or quote what stands between.", place.complaint.at

    return words


def _open_quote(place: _Place) -> _Words:
    message = "the quote that opens here is never closed"
    return message, "Close it; a quote inside '…' is written twice.", place.complaint.since


def _no_colon(place: _Place) -> _Words:
    since = place.complaint.since
    if place.text.startswith("-", since):
        return "expected a space after '-'", "An item of a list is written '- item'.", since
    return "expected ': ' after this key", "A key and its value are written 'key: value'.", since


def _escape(place: _Place) -> _Words:
    at = place.text.rfind("\\", 0, place.complaint.at + 1)
    hint = "Write \\\\ for a backslash, or use single quotes, which know no escapes."
    return f"unknown escape '{place.text[at : at + 2]}' in double quotes", hint, at


def _hex_escape(place: _Place) -> _Words:
    at = place.text.rfind("\\", 0, place.complaint.at + 1)
    message = f"the escape '{place.text[at : at + 2]}' needs hexadecimal digits after it"
    return message, "Write \\\\ for a backslash, or use single quotes, which know no escapes.", at


def _special(sign: str) -> Callable[[_Place], _Words]:
    def words(place: _Place) -> _Words:
        message = f"a value that begins with '{sign}' must be quoted"
        return message, f"Unquoted, '{sign}' begins a YAML word of its own.", place.complaint.since

    return words


def _tag(place: _Place) -> _Words:
    message = "a value that begins with '!' must be quoted"
    return message, "Unquoted, '!' begins a YAML tag, and tags have no meaning here.", place.complaint.since


def _block_text(place: _Place) -> _Words:
    hint = "Begin the text in the next line; only '-', '+' or a comment may follow '|' or '>'."
    return "text is not expected in the line of '|' or '>'", hint, place.complaint.at


def _separator(place: _Place) -> _Words:
    message = f"'---' inside the quoted text that begins in line {place.line_since}"
    return message, "Close the quote.", place.complaint.at


def _directive(place: _Place) -> _Words:
    message = "a line that begins with '%' is a YAML directive, and not this one"
    return message, "Remove the line; a value that begins with '%' must be quoted.", place.complaint.at


def _value(place: _Place) -> _Words:
    return "a value is missing here", "Is there a sign too many, or a closing bracket missing?", place.complaint.at


def _second_document(place: _Place) -> _Words:
    if place.text.startswith("%"):
        return _directive(place)
    message = "this does not belong to what stands above: the document was over"
    return message, "Is the line above it complete? A file holds one mapping.", place.complaint.at


_TABLE: tuple[tuple[str, Callable[[_Place], _Words]], ...] = (
    ("cannot start any token", _character),
    ("mapping values are not allowed", _colon),
    ("mapping keys are not allowed", _colon),
    ("sequence entries are not allowed", _dash),
    ("block mapping: ", _key),
    ("block collection: ", _item),
    ("flow sequence: ", _unclosed("[", "]")),
    ("flow mapping: ", _unclosed("{", "}")),
    ("quoted scalar: found unexpected end of stream", _open_quote),
    ("quoted scalar: found unexpected document", _separator),
    ("could not find expected ':'", _no_colon),
    ("unknown escape", _escape),
    ("hexadecimal", _hex_escape),
    ("hexdecimal", _hex_escape),  # as libyaml spells it
    ("scanning an alias", _special("*")),
    ("scanning an anchor", _special("&")),
    ("tag", _tag),
    ("block scalar", _block_text),
    ("directive", _directive),
    ("incompatible YAML", _directive),
    ("document start", _second_document),
    ("node content", _value),
)
"""What a complaint contains, and who has words for it; the first that fits speaks."""
