"""Positions in sources, and sources of which a part must not be shown."""

from hypothesis import given
from hypothesis import strategies as st

from playbook_engine.diagnostics import Source, Span, veiled
from playbook_engine.language.text import Lines

TEXTS = st.text(alphabet="ab \n:é名", max_size=40)


@given(TEXTS, st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=4))
def test_what_is_veiled_cannot_be_read_and_nothing_moves(text: str, stretches: list[tuple[int, int]]) -> None:
    """Each character that a span covers is a star, each other one is what it was, and lines stay lines."""
    source = Source("f", text)
    ranges = [(min(start, len(text)), min(start + size, len(text))) for start, size in stretches]
    spans = [Lines(source).span(start, end) for start, end in ranges]

    shown = veiled(source, spans).text

    covered = {offset for start, end in ranges for offset in range(start, end)}
    assert shown == "".join("*" if offset in covered and char != "\n" else char for offset, char in enumerate(text))


def test_a_span_that_ends_behind_the_text_hides_the_rest() -> None:
    source = Source("f", "a: b\nc: d")

    assert veiled(source, [Span(source, 2, 4, 9, 9)]).text == "a: b\nc: *"
