"""The document on a terminal: headings, tables and lists are drawn, commands stay what a person can copy."""

import re
from typing import ClassVar

from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import CodeBlock, Heading, Markdown, MarkdownElement
from rich.text import Text

_BLANKS = re.compile(r" +((?:\x1b\[[0-9;]*m)*)$", re.MULTILINE)
"""What rich fills lines up with; whoever copies them has no use for it."""
_HEADINGS = {"h1": "bold underline", "h2": "bold cyan", "h3": "bold"}


class _Heading(Heading):
    """A heading on the left, with a line of its own."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        del console, options
        self.text.justify = "left"
        self.text.stylize(_HEADINGS.get(self.tag, "bold"))
        if self.tag == "h2":
            yield Text("")
        yield self.text


class _Command(CodeBlock):
    """A block of code as it is: never wrapped and without blanks behind it, so that it can be copied."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        del console, options
        yield Text(str(self.text).rstrip("\n"), style="green", no_wrap=True, overflow="ignore", end="\n")


class _Page(Markdown):
    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "heading_open": _Heading,
        "fence": _Command,
        "code_block": _Command,
    }


def rendered(page: str, width: int, *, color: bool) -> str:
    """Return a page of Markdown as a terminal shows it; lines of commands that are too long are its own to wrap."""
    console = Console(force_terminal=True, highlight=False, width=width, no_color=not color)
    with console.capture() as captured:
        console.print(_Page(page, hyperlinks=False), crop=False)
    return _BLANKS.sub(r"\1", captured.get())
