"""Where in a shell command a value stands.

The scanner reads the literal parts of a command as a POSIX shell would and tells, for every value, how it must be
quoted there. Where no quoting is safe, or where shells disagree, it says so, and the value is refused.
"""

import re
from enum import Enum, auto

from playbook_engine.frozen import dataclass
from playbook_engine.language.expressions.findings import Finding

SAFER = "Pass the value by stdin or env, use the list form (argv), or write {{ … | raw }} if you are sure."
_ORDINARY = re.compile(r"[^\\'\"`$()<>\[\] \t\n;&|]+")
_SPECIAL_IN_DOUBLE = re.compile(r"[\\\"`$]")
_BLANK = frozenset(" \t\n;&|()<>")
_CASE = re.compile(r"case(?=\s|$)")
_CONDITION = re.compile(r"\[\[(?=\s|$)")


class Spot(Enum):
    """How a value is quoted."""

    PLAIN = auto()
    """Outside of quotes."""
    REDIRECTED = auto()
    """Outside of quotes, directly before `<` or `>`, where a bare number would name a file descriptor."""
    SINGLE = auto()
    DOUBLE = auto()
    COMMENT = auto()
    RAW = auto()
    """Not at all: the author said so."""


class _Mode(Enum):
    COMMAND = "("
    SINGLE = "'"
    DOUBLE = '"'
    COMMENT = "#"
    BACKTICK = "`"
    PARAMETER = "${"


@dataclass(slots=True)
class _Frame:
    """One level of quoting or substitution, and where it began."""

    mode: _Mode
    start: int
    parens: int = 0
    nested: bool = False
    """Whether a closing parenthesis ends it: `$( … )` and `$(( … ))`."""
    arithmetic: bool = False
    condition: bool = False
    """Inside `[[ … ]]`."""
    subscript: bool = False
    """Inside `name[ … ]`."""
    duplicating: bool = False
    """In the word behind `>&` or `<&`."""


class ShellScanner:
    """Follows a command from its beginning; `feed` takes the literal parts, `spot` asks about a value between two."""

    def __init__(self) -> None:
        self._frames = [_Frame(_Mode.COMMAND, 0)]
        self._lost: str | None = None
        self._before = "\n"
        """The last character where it decides what follows: a blank, or a final backslash or $; otherwise `x`."""
        self._text = ""
        self._offset = 0

    def spot(self) -> Spot | str:
        """Return how a value is quoted here, or why it cannot be."""
        refusal = self._lost or self._refusal()
        self._before = "x"
        if refusal:
            return refusal
        match self._frames[-1].mode:
            case _Mode.SINGLE:
                return Spot.SINGLE
            case _Mode.DOUBLE:
                return Spot.DOUBLE
            case _Mode.COMMENT:
                return Spot.COMMENT
            case _:
                return Spot.PLAIN

    def _refusal(self) -> str | None:
        frame = self._frames[-1]
        if frame.mode is _Mode.COMMENT:
            return None
        if self._before == "\\":
            return "a value cannot follow a backslash"
        if self._before == "$" and frame.mode is not _Mode.SINGLE:
            return "a value cannot follow $"
        if any(each.mode is _Mode.BACKTICK for each in self._frames):
            return "a value cannot stand in `…`; write $(…)"
        if any(each.mode is _Mode.PARAMETER for each in self._frames):
            return "a value cannot stand in ${…}"
        command = next(each for each in reversed(self._frames) if each.mode is _Mode.COMMAND)
        if command.arithmetic:
            return "a value cannot stand in shell arithmetic; calculate in {{ … }}"
        if command.condition:
            return "a value cannot stand in [[ … ]], which may calculate with it; write [ … ]"
        if command.duplicating:
            return "a value cannot follow >& or <&, behind which some shells read it twice"
        return "a value cannot stand in name[…], which calculates with it" if command.subscript else None

    def unclosed(self) -> Finding | None:
        """Return what is wrong at the end of the command: a quote or a bracket that was never closed."""
        frame = self._frames[-1]
        if self._lost or len(self._frames) == 1 or frame.mode is _Mode.COMMENT:
            return None
        sign = "$(" if frame.mode is _Mode.COMMAND else frame.mode.value
        return Finding("shell-syntax", f"this {sign} is never closed", frame.start, len(sign))

    def feed(self, text: str, offset: int) -> None:
        """Read the next literal part, which stands `offset` characters into the command."""
        self._text, self._offset = text, offset
        position = 0
        while position < len(text) and not self._lost:
            match self._frames[-1].mode:
                case _Mode.COMMAND:
                    position = self._command(position)
                case _Mode.DOUBLE:
                    position = self._double(position)
                case _Mode.COMMENT:
                    position = self._comment(position)
                case _Mode.SINGLE:
                    position = self._single(position)
                case _Mode.BACKTICK:
                    position = self._backtick(position)
                case _Mode.PARAMETER:
                    position = self._parameter(position)

    def _push(self, mode: _Mode, at: int, *, nested: bool = False, arithmetic: bool = False) -> None:
        self._frames.append(_Frame(mode, self._offset + at, nested=nested, arithmetic=arithmetic))

    def _pop(self, at: int) -> int:
        self._frames.pop()
        self._before = "x"
        return at + 1

    def _escape(self, at: int) -> int:
        """Skip a backslash and what it escapes; at the end of the literal part it waits for the value."""
        if self._text.startswith("\\\n", at):
            self._continue_line(at)
        else:
            self._before = "x" if at + 1 < len(self._text) else "\\"
        return at + 2

    def _continue_line(self, at: int) -> None:
        """Leave out a backslash with a line break; inside a word or behind $ it could join two halves of a sign."""
        before, after = self._text[:at][-1:], self._text[at + 2 : at + 3]
        if self._frames[-1].mode is _Mode.DOUBLE:
            joins = before == "$"
        else:
            begins = before in tuple(" \t\n;|") or (at == 0 and self._offset == 0)
            joins = not begins and after not in tuple(" \t\n")
        if joins:
            self._lost = "no value can follow a line break with a backslash inside a word"

    def _single(self, at: int) -> int:
        end = self._text.find("'", at)
        return self._pop(end) if end >= 0 else len(self._text)

    def _comment(self, at: int) -> int:
        end = self._text.find("\n", at)
        if end < 0:
            return len(self._text)
        self._frames.pop()
        self._before = "\n"
        return end + 1

    def _backtick(self, at: int) -> int:
        match self._text[at]:
            case "\\":
                return at + 2
            case "`":
                return self._pop(at)
            case _:
                return at + 1

    def _parameter(self, at: int) -> int:
        match self._text[at]:
            case "}":
                return self._pop(at)
            case "$" if self._text.startswith("${", at):
                self._push(_Mode.PARAMETER, at)
                return at + 2
            case "\\" | "'" | '"' | "`" | "(":
                self._lost = "no value can follow ${…} with quotes or commands in it, which shells read differently"
            case _:
                pass
        return at + 1

    def _double(self, at: int) -> int:
        special = _SPECIAL_IN_DOUBLE.search(self._text, at)
        if not special:
            self._before = "x"
            return len(self._text)
        at = special.start()
        match special.group():
            case "\\":
                return self._escape(at)
            case '"':
                return self._pop(at)
            case "`":
                self._push(_Mode.BACKTICK, at)
                return at + 1
            case _:
                return self._dollar(at)

    def _dollar(self, at: int) -> int:
        """Read what begins with `$`: `$((`, `$(`, `${`, or a name."""
        self._before = "x"
        if self._text.startswith("$((", at):
            self._push(_Mode.COMMAND, at, nested=True, arithmetic=True)
            self._frames[-1].parens = 1
            return at + 3
        if self._text.startswith("$(", at):
            self._push(_Mode.COMMAND, at, nested=True)
            self._before = "\n"
            return at + 2
        if self._text.startswith("${", at):
            self._push(_Mode.PARAMETER, at)
            return at + 2
        quoted = self._frames[-1].mode is _Mode.DOUBLE
        if self._text.startswith("$[", at) or (self._text.startswith("$'", at) and not quoted):
            self._lost = f"no value can follow {self._text[at : at + 2]}, which shells read differently"
        self._before = "$" if at + 1 == len(self._text) else "x"
        return at + 1

    def _command(self, at: int) -> int:
        sign = self._text[at]
        match sign:
            case "\\":
                return self._escape(at)
            case "'":
                self._push(_Mode.SINGLE, at)
            case '"':
                self._push(_Mode.DOUBLE, at)
                self._before = "x"
            case "`":
                self._push(_Mode.BACKTICK, at)
            case "$":
                return self._dollar(at)
            case "(" | ")":
                return self._paren(at)
            case "<":
                return self._redirection(at)
            case "[" | "]":
                return self._bracket(at)
            case _:
                return self._word(at)
        return at + 1

    def _word(self, at: int) -> int:
        """Read blanks, separators, comments and plain words."""
        frame, sign = self._frames[-1], self._text[at]
        begins = self._before in _BLANK
        if sign == "#" and begins:
            self._lost = "no value can follow # in arithmetic" if frame.arithmetic else None
            self._push(_Mode.COMMENT, at)
            return at + 1
        if sign in _BLANK:
            return self._separator(at)
        if frame.nested and begins and _CASE.match(self._text, at):
            self._lost = "no value can follow `case` in $(…), whose ) shells take for its end"
        plain = _ORDINARY.match(self._text, at)
        self._before = "x"
        return plain.end() if plain else at + 1

    def _separator(self, at: int) -> int:
        """Read one blank or separator, which ends a word."""
        frame, sign = self._frames[-1], self._text[at]
        if frame.subscript:
            self._lost = "no value can follow name[ with a blank behind it, which shells read differently"
        waits_for_word = sign in " \t" and self._before in " \t&"
        frame.duplicating = (sign == "&" and self._before in "<>") or (frame.duplicating and waits_for_word)
        self._before = sign
        return at + 1

    def _paren(self, at: int) -> int:
        frame = self._frames[-1]
        if self._text[at] == "(":
            if self._text.startswith("((", at) and not frame.arithmetic:
                self._lost = "no value can follow ((, which is arithmetic in some shells and two brackets in others"
            elif self._text[:at].endswith("="):
                self._lost = "no value can follow =(, an array in some shells and a mistake in others"
            frame.parens += 1
        elif frame.parens:
            frame.parens -= 1
        elif frame.nested:
            return self._pop(at)
        self._before = self._text[at]
        return at + 1

    def _redirection(self, at: int) -> int:
        if self._text.startswith("<<<", at):
            self._before = "<"
            return at + 3
        if self._text.startswith("<<", at) and not self._frames[-1].arithmetic:
            self._lost = "no value can follow a here-document (<<)"
        self._before = "<"
        return at + 1

    def _bracket(self, at: int) -> int:
        frame, begins = self._frames[-1], self._before in _BLANK
        self._before = "x"
        if begins and _CONDITION.match(self._text, at):
            frame.condition = True
            return at + 2
        if begins and self._text.startswith("]]", at):
            frame.condition = False
            return at + 2
        frame.subscript = self._text[at] == "[" and not begins
        return at + 1
