"""`map`, `select` and the other filters that apply a filter or a test to every item of a list."""

from collections.abc import Callable, Sequence

from playbook_engine.language.expressions.entries import Entry
from playbook_engine.language.expressions.kinds import need_boolean, need_list, need_text
from playbook_engine.language.expressions.members import field_of
from playbook_engine.language.expressions.refusal import Missing
from playbook_engine.values import Value

Judge = Callable[[Value], bool]


def mapped(value: Value, change: Callable[[Value], Value]) -> Value:
    """Return what a filter makes of every item."""
    return [change(item) for item in need_list(value, "`map`")]


def entries_of(value: Value, path: Value, default: Value = None, *, tolerant: bool = False) -> Value:
    """Return one entry of every item; `tolerant` puts the default where it is missing."""
    dotted = need_text(path, "`map`")
    items = need_list(value, "`map`")
    if not tolerant:
        return [field_of(item, dotted) for item in items]
    return [_field_or(item, dotted, default) for item in items]


def _field_or(item: Value, path: str, default: Value) -> Value:
    try:
        return field_of(item, path)
    except Missing:
        return default


def chosen(value: Value, judge: Judge, what: str, *, keep: bool) -> Value:
    """Return the items for which `judge` says `keep`."""
    return [item for item in need_list(value, what) if judge(item) is keep]


def judge_of(test: Entry, arguments: Sequence[Value]) -> Judge:
    """Return a test, with its arguments, as a question about one value."""
    run = test.run
    if run is None:
        return lambda _: test.name == "defined"
    return lambda item: need_boolean(run(item, *arguments))


def entry_judge(path: Value, test: Entry | None, arguments: Sequence[Value]) -> Judge:
    """Return a test as a question about one entry of an item; without a test the entry itself is the answer."""
    dotted = need_text(path, "`selectattr`")
    if test is None:
        return lambda item: need_boolean(field_of(item, dotted))
    judge = judge_of(test, arguments)
    if test.run is not None:
        return lambda item: judge(field_of(item, dotted))
    return lambda item: _is_there(item, dotted) is (test.name == "defined")


def _is_there(item: Value, path: str) -> bool:
    try:
        field_of(item, path)
    except Missing:
        return False
    return True
