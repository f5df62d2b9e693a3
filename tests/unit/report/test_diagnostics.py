"""Problems in files, as people read them."""

import pytest

from playbook_engine.diagnostics import Diagnostic, Severity, Source, Span
from playbook_engine.report.diagnostics import SHOWN, render
from playbook_engine.report.widths import display_width

SOURCE = Source("x.yml", "one: 1\n\ttwo: 密钥 here\nlong: " + "x" * 300 + "!" + "y" * 300 + "\n")


def show(span: Span | None, *, color: bool = False, width: int = 80) -> list[str]:
    problem = Diagnostic("a-code", "what is wrong", span, "What to do.")
    return render([problem], color=color, width=width).splitlines()


def test_the_place_the_line_and_the_caret() -> None:
    """The caret stands under the character, whatever its width and the tabs before it."""
    assert show(Span(SOURCE, 2, 7, 2, 9)) == [
        "x.yml:2:7: error[a-code]: what is wrong",
        "  2 |     two: 密钥 here",
        "    |          ^^^^",
        "  hint: What to do.",
        "",
        "1 error",
    ]


@pytest.mark.parametrize("width", [40, 80, 140])
def test_a_long_line_is_cut_around_the_place(width: int) -> None:
    """The character in question is always there, and the caret under it."""
    lines = show(Span(SOURCE, 3, 307, 3, 308), width=width)
    assert lines[1][lines[2].index("^")] == "!"
    assert all(display_width(line) <= width for line in lines[1:3])


@pytest.mark.parametrize("span", [None, Span(SOURCE, 99, 1, 99, 2)])
def test_a_problem_without_a_line(span: Span | None) -> None:
    """Then there is nothing to quote."""
    assert len(show(span)) == 4


def test_a_span_over_several_lines_marks_the_first() -> None:
    """To its end."""
    assert show(Span(SOURCE, 1, 1, 2, 3))[2] == "    | ^^^^^^"


def test_colours_only_where_they_are_wanted() -> None:
    """A file of diagnostics holds no escapes."""
    span = Span(SOURCE, 1, 1, 1, 4)
    assert "\x1b[31m" in "".join(show(span, color=True))
    assert "\x1b" not in "".join(show(span))


def test_very_many_problems_are_counted() -> None:
    """All are counted, the first are shown."""
    problems = [Diagnostic("c", f"problem {number}", None) for number in range(SHOWN + 3)]
    lines = render(
        [*problems, Diagnostic("c", "m", None, severity=Severity.WARNING)], color=False, width=80
    ).splitlines()
    assert "… and 4 more" in lines
    assert lines[-1] == f"{SHOWN + 3} errors, 1 warning"


def test_no_problems() -> None:
    """Said in so many words."""
    assert render([], color=False, width=80) == "no problems\n"


def test_a_file_of_which_nothing_is_known_has_no_excerpt() -> None:
    """What a program printed, or a file that could not be opened: an empty line with a caret would say nothing."""
    found = Diagnostic("dynamic-inventory", "it hangs", Span(Source("cloud", ""), 1, 1, 1, 2))
    assert render([found], color=False, width=80) == "cloud:1:1: error[dynamic-inventory]: it hangs\n\n1 error\n"
