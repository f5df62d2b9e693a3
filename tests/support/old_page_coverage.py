"""Where each item of the old page lives on: what the mapping file says, held against the files that it names."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from old_page import Item, Kind

from playbook_engine.resources import data_path

ROOT = Path(__file__).parents[2]
MAPPING = ROOT / "tests" / "fixtures" / "k4-coverage.yml"
_VERBS = ("check", "branch", "mitigate", "verify", "escalate")
_PROSE = ("symptoms", "causes", "prevention", "long_term")
_AMOUNT = re.compile(r"(?:replicas|[A-Z_]+)=(\d+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the mapping: an item, where it lives on, and texts that stand there and hold its essence."""

    line: int
    text: str
    places: tuple[str, ...]
    has: tuple[str, ...]
    everywhere: bool
    """Whether they stand in each of the places, not only in one of them."""

    @property
    def key(self) -> tuple[int, str]:
        return self.line, self.text


def mapping() -> list[Entry]:
    """Read the mapping file."""
    return [
        Entry(
            line=raw["line"],
            text=raw["item"],
            places=_words(raw["to"]),
            has=_words(raw.get("has", ())),
            everywhere=raw.get("everywhere", False),
        )
        for raw in yaml.safe_load(MAPPING.read_text(encoding="utf-8"))
    ]


def _words(value: object) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(str(each) for each in value)  # type: ignore[attr-defined]


def complaints(items: Sequence[Item], entries: Sequence[Entry]) -> list[str]:
    """Return all that is wrong with the mapping."""
    known = {item.key: item for item in items}
    mapped = {entry.key for entry in entries}
    found = [f"line {item.line}: '{item.text}' is not mapped" for item in items if item.key not in mapped]
    if len(mapped) != len(entries):
        found.append("an item is mapped twice")
    for entry in entries:
        item = known.get(entry.key)
        wrong = ["it is not on the page"] if item is None else list(_wrong(item, entry))
        found += [f"line {entry.line}: '{entry.text}': {each}" for each in wrong]
    return found


def _wrong(item: Item, entry: Entry) -> Iterator[str]:
    texts = []
    for place in entry.places:
        try:
            texts.append(text_of(place))
        except KeyError as error:
            yield f"there is no {place}: {error.args[0]}"
    whole = _plain("\n".join(texts))
    yield from (
        f"'{needle}' is not in {', '.join(entry.places)}" for needle in entry.has if _plain(needle) not in whole
    )
    if not entry.has and item.kind is not Kind.HEADING and not _says_it_itself(item, entry.places, whole):
        yield "nothing is asked of the place (`has`), and it does not say what the page says"
    amount = _AMOUNT.search(item.text) if item.kind is Kind.COMMAND else None
    if amount and not any(amount[1] in needle for needle in entry.has):
        yield f"the amount {amount[1]} is not asked for"


def _says_it_itself(item: Item, places: Sequence[str], whole: str) -> bool:
    """Tell whether the page's own words stand there: in the Chinese of a playbook, in a table, in the report."""
    if item.text in whole:
        return True
    return any(_same(item.text, text) for place in places for text in _chinese(place))


def _same(text: str, other: str) -> bool:
    return re.sub(r"[\s\"“”「」：:。.]", "", text) in re.sub(r"[\s\"“”「」：:。.]", "", other)


def text_of(place: str) -> str:
    """Return the text of a place; KeyError when there is none.

    `NAME` a playbook, `NAME#STEP` a step by id or title, `NAME@symptoms` a part of its head, `rehearsal NAME#SCENARIO`,
    `inventory NAME`, `docs/PAGE.md#HEADING`.
    """
    path, _, anchor = place.partition("#")
    match path.split(" "):
        case [page] if page.startswith("docs/"):
            return _section(ROOT / page, anchor)
        case ["inventory", name]:
            return _read(data_path("inventories") / name / "environment.yml")
        case ["rehearsal", name]:
            return _blocks(data_path("playbooks") / "rehearsals" / f"{name}.yml", _is_scenario, anchor)
        case [name] if "@" in name:
            playbook, _, field = name.partition("@")
            return _field(data_path("playbooks") / f"{playbook}.yml", field)
        case [name]:
            return _blocks(data_path("playbooks") / f"{name}.yml", _is_step, anchor)
        case _:
            raise KeyError(f"what is '{place}'?")


def _is_step(node: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(node[key]) for key in ("id", *_VERBS) if key in node) if set(_VERBS) & set(node) else ()


def _is_scenario(node: Mapping[str, Any]) -> tuple[str, ...]:
    return (str(node["scenario"]),) if "scenario" in node else ()


@cache
def _read(path: Path) -> str:
    if not path.is_file():
        raise KeyError(f"{path.name} does not exist")
    return path.read_text(encoding="utf-8")


def _section(path: Path, heading: str) -> str:
    """Return a page, or what stands below one of its headings up to the next one of the second level."""
    if not heading:
        return _read(path)
    found: list[str] | None = None
    fenced = False
    for line in _read(path).splitlines():
        fenced ^= line.startswith("```")
        if found is not None and line.startswith("## ") and not fenced:
            break
        if found is not None:
            found.append(line)
        elif line.startswith("#") and line.lstrip("# ") == heading and not fenced:
            found = []
    if found is None:
        raise KeyError("no such heading")
    return "\n".join(found)


def _field(path: Path, field: str) -> str:
    value = yaml.safe_load(_read(path)).get(field)
    if value is None:
        raise KeyError("no such field")
    return yaml.safe_dump(value, allow_unicode=True, width=10**6)


def _blocks(path: Path, named: Callable[[Mapping[str, Any]], tuple[str, ...]], name: str) -> str:
    """Return the lines of the file, or of its part of that name, with blanks and line ends as one blank."""
    if not name:
        return _plain(_read(path))
    blocks = _named_blocks(path, named)
    if name not in blocks:
        raise KeyError(f"'{name}' is none of its steps")
    return blocks[name]


@cache
def _named_blocks(path: Path, named: Callable[[Mapping[str, Any]], tuple[str, ...]]) -> dict[str, str]:
    lines = _read(path).splitlines()
    found: dict[str, str] = {}
    for node in _mappings(yaml.compose(_read(path), Loader=yaml.SafeLoader)):
        heads = {key.value: value.value for key, value in node.value if isinstance(value, yaml.ScalarNode)}
        heads |= {key.value: "" for key, value in node.value if not isinstance(value, yaml.ScalarNode)}
        for name in named(heads):
            block = "\n".join(lines[node.start_mark.line : node.end_mark.line + (node.end_mark.column > 0)])
            found.setdefault(name, _plain(block))
    return found


def _mappings(node: Any) -> Iterator[Any]:
    if isinstance(node, yaml.MappingNode):
        yield node
        for _, value in node.value:
            yield from _mappings(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _mappings(value)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _chinese(place: str) -> list[str]:
    """Return what a place says in Chinese: the translations of the texts that stand there."""
    path, _, anchor = place.partition("#")
    name, _, field = path.partition("@")
    file = data_path("playbooks") / "zh" / f"{name}.yml"
    if not file.is_file() or (field and field not in _PROSE):
        return []
    texts: dict[str, str] = yaml.safe_load(_read(file))["texts"]
    where = _plain(text_of(place)) if anchor or not field else _plain(" ".join(_entries(name, field)))
    return [chinese for text, chinese in texts.items() if _plain(text) in where]


def _entries(name: str, field: str) -> list[str]:
    return list(yaml.safe_load(_read(data_path("playbooks") / f"{name}.yml")).get(field) or ())
