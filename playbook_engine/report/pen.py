"""Writes texts as lines that fit: headlines of steps, details under them, rows of a summary."""

from dataclasses import dataclass

from playbook_engine.model.translations import AS_WRITTEN, Texts
from playbook_engine.phrases.words import ENGLISH, Words
from playbook_engine.report.style import UNICODE, Glyphs, Line, Piece, Style
from playbook_engine.report.widths import display_width, pad, shorten, wrap
from playbook_engine.visible import escape

VERB_WIDTH = 8
INDENT = "    "
DETAIL_LINES = 4
"""Lines that one detail may take before it is cut."""
CHANGING = ("mitigate", "undo")


@dataclass(frozen=True, slots=True)
class Pen:
    """A width in columns, symbols to draw with, a language; all that it writes is safe for a terminal.

    `texts` has what a playbook says in that language, where what is written is not a run's but the playbook's own.
    """

    width: int
    glyphs: Glyphs = UNICODE
    words: Words = ENGLISH
    texts: Texts = AS_WRITTEN

    def cut(self, text: str, width: int) -> str:
        """Return a text on one line of at most `width` columns."""
        return shorten(escape(text), width, self.glyphs.ellipsis)

    def fit(self, line: Line) -> Line:
        """Return a line of pieces cut to the width; whatever was not made safe before is made safe here."""
        room, kept = self.width, []
        for piece in line:
            shown = self.cut(piece.text, room)
            kept.append(Piece(shown, piece.style))
            room -= display_width(shown)
            if room <= 0:
                break
        return tuple(kept)

    def headline(self, mark: Piece, verb: str, title: str, said: Line = (), *, faint: bool = False) -> Line:
        """Return a step's one line: symbol, verb, title, and a few words behind it.

        The title is cut first, for the words behind it are what is new.
        """
        verb_style = Style.CHANGE if verb in CHANGING else Style.DIM
        start = (mark, Piece(" "), Piece(pad(verb, VERB_WIDTH) + " ", verb_style))
        room = self.width - sum(display_width(piece.text) for piece in start)
        behind = sum(display_width(piece.text) for piece in said)
        title_room = max(room - behind - 2, min(room, 24)) if said else room
        shown = Piece(self.cut(title, max(title_room, 1)), Style.DIM if faint else Style.PLAIN)
        return self.fit((*start, shown, *((Piece("  "), *said) if said else ())))

    def detail(
        self, text: str, style: Style = Style.PLAIN, *, indent: str = INDENT, most: int = DETAIL_LINES
    ) -> tuple[Line, ...]:
        """Return a text under a headline, on more than one line when it is long."""
        return self.labelled(Piece(indent), text, style, most=most)

    def labelled(
        self, label: Piece, text: str, style: Style = Style.PLAIN, *, most: int | None = DETAIL_LINES
    ) -> tuple[Line, ...]:
        """Return a text behind a label, its further lines under its first; `most` None shows all of it."""
        hang = min(display_width(label.text), max(self.width - 8, 0))
        room = max(self.width - hang, 8)
        safe = escape(text)
        lines = wrap(safe if most is None else shorten(safe, room * most, self.glyphs.ellipsis), room)
        kept = lines if most is None or len(lines) <= most else self._cut_off(lines, most, room)
        return tuple(
            (label if number == 0 else Piece(" " * hang), Piece(line, style)) for number, line in enumerate(kept)
        )

    def _cut_off(self, lines: tuple[str, ...], most: int, room: int) -> tuple[str, ...]:
        last = shorten(" ".join(lines[most - 1 :]), room, self.glyphs.ellipsis)
        return (*lines[: most - 1], last)
