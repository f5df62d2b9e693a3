"""Jinja2's lexer and parser, with exact columns.

Jinja keeps only line numbers, which it copies from each token to the nodes made of it. We hand it tokens whose
"line" is their number in the list of tokens, so that every node, and every syntax error, leads to its place.
"""

import re
from collections.abc import Mapping, Sequence

from jinja2.environment import Environment
from jinja2.exceptions import TemplateSyntaxError
from jinja2.lexer import Token as JinjaToken
from jinja2.lexer import TokenStream, operators
from jinja2.nodes import Expr, Node
from jinja2.parser import Parser

from playbook_engine.frozen import dataclass
from playbook_engine.language.expressions.complaints import misplaced, reworded, unreadable
from playbook_engine.language.expressions.findings import Finding
from playbook_engine.language.expressions.limits import MAX_DEPTH, MAX_PARTS, MAX_SOURCE
from playbook_engine.language.expressions.refusal import Place

_ENVIRONMENT = Environment(  # nothing is rendered: only the lexer and the parser are used
    # Delimiters that no readable text holds: what stands between `{{` and `}}` has been cut out by `scanner`.
    block_start_string="\0{%",
    block_end_string="%}\0",
    variable_start_string="\0{{",
    variable_end_string="}}\0",
    comment_start_string="\0{#",
    comment_end_string="#}\0",
    keep_trailing_newline=True,
)
_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_ESCAPE = re.compile(r"\\(?:([\\'\"nrt])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}
_MAX_DIGITS = 100


@dataclass(frozen=True, slots=True)
class Token:
    """A word of an expression and where it stands in the text."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """An expression's tree; a node's `lineno` is the number of its token."""

    source: str
    tokens: Sequence[Token]
    closing: Mapping[int, int]
    """For each opening bracket's token the number of the one that closes it."""
    tree: Expr

    def place(self, first: int, last: int) -> Place:
        """Return where the tokens from `first` to `last` stand, with both brackets of each pair."""
        for opening, closing in self.closing.items():
            if opening < first <= closing <= last:
                first = opening
            elif first <= opening <= last < closing:
                last = closing
        start = self.tokens[first].start
        return start, self.tokens[last].end - start

    def text(self, place: Place) -> str:
        start, length = place
        return self.source[start : start + length]


def parse(source: str) -> Parsed | Finding:
    """Parse one expression, or say what is wrong with it."""
    tokens = _tokens(source)
    if isinstance(tokens, Finding):
        return tokens
    if not tokens:
        return Finding("expression-syntax", "an expression is missing here", 0, max(len(source), 1))
    closing = _closing(tokens)
    if isinstance(closing, Finding):
        return closing
    tree = _meaningless(tokens) or _tree(source, tokens)
    if isinstance(tree, Finding):
        return tree
    return _too_complex(tree, len(source)) or Parsed(source=source, tokens=tokens, closing=closing, tree=tree)


def _tokens(source: str) -> list[Token] | Finding:
    if len(source) > MAX_SOURCE:
        message = f"the expression has {len(source):,} characters; the limit is {MAX_SOURCE:,}"
        return Finding("expression-too-complex", message, 0, len(source))
    # Of the same length, so that offsets stay right; Jinja would turn both into one line feed.
    text = source.replace("\r", " ")
    if "\0" in text:
        return Finding("expression-syntax", "a NUL character cannot stand here", text.index("\0"))
    found: list[Token] = []
    offset = 0
    try:
        for _, kind, word in _ENVIRONMENT.lexer.tokeniter(text, None, state="variable"):
            if kind != "whitespace":
                found.append(Token(operators[word] if kind == "operator" else kind, word, offset))
            offset += len(word)
    except TemplateSyntaxError as error:
        return unreadable(source, offset, error.message or "")
    return found


def _closing(tokens: Sequence[Token]) -> dict[int, int] | Finding:
    """Match brackets; the lexer has refused the ones that do not fit each other."""
    found: dict[int, int] = {}
    waiting: list[int] = []
    for number, token in enumerate(tokens):
        if token.text in _BRACKETS:
            waiting.append(number)
            if len(waiting) > MAX_DEPTH:
                message = f"brackets are nested more than {MAX_DEPTH} deep"
                return Finding("expression-too-complex", message, token.start)
        elif waiting and token.text == _BRACKETS[tokens[waiting[-1]].text]:
            found[waiting.pop()] = number
    return found


def _unclosed(tokens: Sequence[Token]) -> str:
    """Return the innermost bracket that is open at the end, or nothing."""
    waiting = [""]
    for token in tokens:
        if token.text in _BRACKETS:
            waiting.append(token.text)
        elif token.text in _BRACKETS.values():
            waiting.pop()
    return waiting[-1]


def _tree(source: str, tokens: Sequence[Token]) -> Expr | Finding:
    parser = Parser(_ENVIRONMENT, "")
    try:
        words = (JinjaToken(number, token.kind, _meaning(token)) for number, token in enumerate(tokens))
        parser.stream = TokenStream(words, None, None)
        tree = parser.parse_expression()
    except TemplateSyntaxError as error:
        at = tokens[error.lineno]
        if parser.stream.current.type != "eof":
            return reworded(source, at.start, at.text, error.message or "", unclosed=None)
        return reworded(source, len(source.rstrip()), "", error.message or "", unclosed=_unclosed(tokens))
    except RecursionError:
        return Finding("expression-too-complex", "the expression is nested too deeply", 0, len(source))
    if parser.stream.current.type != "eof":
        rest = tokens[parser.stream.current.lineno]
        return misplaced(source, rest.start, rest.text)
    return tree


def _meaningless(tokens: Sequence[Token]) -> Finding | None:
    """Return the first word that looks right and stands for nothing."""
    for token in tokens:
        number = token.kind in ("integer", "float")
        if number and (len(token.text) > _MAX_DIGITS or float(_meaning(token)) == float("inf")):
            return Finding("expression-syntax", "this number is too large", token.start, len(token.text))
        if token.kind == "name" and not token.text.isidentifier():
            return Finding("expression-syntax", f"'{token.text}' is not a name", token.start, len(token.text))
    return None


def _meaning(token: Token) -> str:
    """Return what a token stands for; Jinja declares text, but takes numbers for numbers."""
    value: object = token.text
    match token.kind:
        case "string":
            value = _unescaped(token.text[1:-1])
        case "integer":
            value = int(token.text.replace("_", ""), 0)
        case "float":
            value = float(token.text.replace("_", ""))
        case _:
            pass
    return value  # type: ignore[return-value]  # see above


def _unescaped(text: str) -> str:
    r"""Undo the escapes that are defined; any other backslash stays, so that `'\d'` is a pattern for a digit."""
    return _ESCAPE.sub(_escaped_character, text)


def _escaped_character(match: re.Match[str]) -> str:
    if match[1]:
        return _ESCAPED.get(match[1], match[1])
    code = int(match[2] or match[3] or match[4], 16)
    return chr(code) if code <= 0x10FFFF else match[0]


def _too_complex(tree: Expr, length: int) -> Finding | None:
    """Refuse a tree that is too large or too deep, without recursion."""
    level: list[Node] = [tree]
    depth, parts = 0, 0
    while level:
        parts, depth = parts + len(level), depth + 1
        if depth > MAX_DEPTH or parts > MAX_PARTS:
            limits = f"the limit is {MAX_PARTS:,} parts, {MAX_DEPTH} deep"
            return Finding("expression-too-complex", f"the expression is too large; {limits}", 0, length)
        level = [child for node in level for child in node.iter_child_nodes()]
    return None
