"""The wiki page that the shipped playbooks replace, as a list of items, each with the line it stands on."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

PAGE = Path(__file__).parents[1] / "fixtures" / "k4-runbook.md"

_HEADING = re.compile(r"(#{1,4}) (.+)")
_POINT = re.compile(r"(?:- |\d+\. )(.+)")
_THRESHOLD = re.compile(r"[<>] ?\d+(?:\.\d+)?(?: ?%| ?秒)?|超过\d+%|\d+-\d+分钟|\{1\.\.5\}|sleep \d+")
_EXPECTED = re.compile(r"# 预期输出: (.+)")
_LABEL = re.compile(r"""echo "(?:===.*===|.*\.\.\.)"$""")


class Kind(StrEnum):
    HEADING = "heading"
    POINT = "point"
    ROW = "row of a table"
    COMMAND = "command"
    INSTRUCTION = "instruction"
    EXPECTED = "expected output"
    OUTPUT = "output"
    TREE = "decision"
    CONTACT = "contact"
    TEMPLATE = "line of the report"
    THRESHOLD = "threshold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that the page says; `section` is the chapter, `whole` has the lines that follow the first one, too."""

    line: int
    kind: Kind
    text: str
    section: str
    whole: str = ""

    @property
    def key(self) -> tuple[int, str]:
        return self.line, self.text


def items(text: str) -> list[Item]:
    """Return all items of the page, from the top to the bottom."""
    return sorted(_Reader(text.splitlines()).read(), key=lambda item: (item.line, item.kind is Kind.THRESHOLD))


class _Reader:
    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._section = ""

    def read(self) -> Iterator[Item]:
        language: str | None = None
        number = 0
        while number < len(self._lines):
            line, number = self._lines[number], number + 1
            if line.startswith("```"):
                language = None if language is not None else line.removeprefix("```")
                continue
            if language is None:
                yield from self._prose(line, number)
                continue
            end = number if language != "bash" else self._end_of_command(number)
            yield from self._code(language, number, "\n".join(self._lines[number - 1 : end]))
            number = end

    def _item(self, number: int, kind: Kind, text: str, whole: str = "") -> Iterator[Item]:
        yield Item(line=number, kind=kind, text=text.strip(), section=self._section, whole=whole or text)
        for found in dict.fromkeys(_THRESHOLD.findall(whole or text)):
            if found != text:
                at = number + (whole or text)[: (whole or text).index(found)].count("\n")
                yield Item(line=at, kind=Kind.THRESHOLD, text=found, section=self._section, whole=found)

    def _prose(self, line: str, number: int) -> Iterator[Item]:
        if heading := _HEADING.fullmatch(line):
            if len(heading[1]) < 4:
                self._section = heading[2]
            yield from self._item(number, Kind.HEADING, heading[2])
        elif point := _POINT.fullmatch(line):
            yield from self._item(number, Kind.POINT, point[1].replace("**", ""))
        elif line.startswith("|") and not self._is_head(number):
            yield from self._item(number, Kind.ROW, " | ".join(cell.strip() for cell in line.strip("|").split("|")))
        else:
            assert line in {"", "---"} or line.startswith("|"), f"{number}: {line}"

    def _is_head(self, number: int) -> bool:
        """Tell whether a line of a table is its header, or the rule below that."""
        return any("---" in line for line in self._lines[number - 1 : number + 1])

    def _code(self, language: str, number: int, text: str) -> Iterator[Item]:
        first = text.splitlines()[0] if text else ""
        if not first.strip():
            return
        match language:
            case "yaml":
                yield from self._item(number, Kind.CONTACT, first)
            case "markdown":
                yield from self._item(number, Kind.TEMPLATE, first)
            case "":
                if re.search(r"[^\s↓]", first):
                    yield from self._item(number, Kind.TREE, re.sub(r"^[\s├└─]+", "", first))
            case _:
                yield from self._shell(number, first, text)

    def _shell(self, number: int, first: str, text: str) -> Iterator[Item]:
        if expected := _EXPECTED.fullmatch(first):
            yield from self._item(number, Kind.EXPECTED, expected[1])
        elif first.startswith("#") or _LABEL.fullmatch(first):
            return
        elif first.startswith("$ "):
            yield from self._item(number, Kind.COMMAND, first.removeprefix("$ "))
        elif "预期输出参考" in self._chapter(number):
            yield from self._item(number, Kind.OUTPUT, first)
        elif first.startswith("echo ") and "$" not in first:
            yield from self._item(number, Kind.INSTRUCTION, first.removeprefix("echo ").strip('"'))
        else:
            yield from self._item(number, Kind.COMMAND, re.sub(r"[ |\\]+$", "", first), text)

    def _chapter(self, number: int) -> str:
        heads = [line for line in self._lines[:number] if line.startswith(("## ", "### "))]
        return heads[-1]

    def _end_of_command(self, number: int) -> int:
        """Return the number of the last line of the command that begins on this one."""
        end = number
        while not _is_whole("\n".join(self._lines[number - 1 : end])):
            end += 1
        return end


def _is_whole(text: str) -> bool:
    if text.startswith(("#", "$ ")):
        return True
    if text.startswith("for "):
        return text.endswith("\ndone")
    quotes = text.replace('\\"', "")
    if "'" in quotes and '"' not in quotes:
        return not text.endswith(("\\", "|"))
    outside = re.sub(r"'[^'\n]*'", "", quotes) if not text.startswith(("python", "psql")) else quotes
    return outside.count('"') % 2 == 0 and not text.endswith(("\\", "|"))
