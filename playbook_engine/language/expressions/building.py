"""Jinja2's tree into closures. What is not named here does not exist: whatever else parses is refused."""

from collections.abc import Mapping, Sequence

from jinja2 import nodes

from playbook_engine.diagnostics import did_you_mean
from playbook_engine.frozen import dataclass
from playbook_engine.language.expressions import calls, computing, foreign
from playbook_engine.language.expressions.entries import Entry
from playbook_engine.language.expressions.expression import Built
from playbook_engine.language.expressions.filters import FILTERS
from playbook_engine.language.expressions.findings import Finding
from playbook_engine.language.expressions.methods import METHODS
from playbook_engine.language.expressions.operators import ARITHMETIC, COMPARISONS, negative, positive
from playbook_engine.language.expressions.paths import Run, Segment, Use, constant_path, dynamic_member, stretch
from playbook_engine.language.expressions.patterns import compile_pattern
from playbook_engine.language.expressions.refusal import Place, Refused
from playbook_engine.language.expressions.syntax import Parsed, parse
from playbook_engine.language.expressions.tests import TESTS
from playbook_engine.language.expressions.trees import Step, constant_key, constants, operands, unrolled

_UNKNOWN = {"filter": "unknown-filter", "test": "unknown-test", "method": "unknown-method"}


@dataclass(frozen=True, slots=True)
class Part:
    """A compiled part of an expression, and the numbers of its first and last token."""

    run: Run
    first: int
    last: int


def compile_source(source: str) -> tuple[Built | None, list[Finding]]:
    """Compile one expression; when there are findings there is nothing else."""
    parsed = parse(source)
    if isinstance(parsed, Finding):
        return None, [parsed]
    tree, raw = parsed.tree, False
    if isinstance(tree, nodes.Filter) and tree.name == "raw" and not tree.args and isinstance(tree.node, nodes.Expr):
        tree, raw = tree.node, True
    builder = Builder(parsed)
    built = builder.build(tree, raw=raw)
    return (None if builder.findings else built), builder.findings


class Builder:
    """Compiles one tree; `findings` lists all that is wrong with it."""

    def __init__(self, parsed: Parsed) -> None:
        self.findings: list[Finding] = []
        self._parsed = parsed
        self._uses: list[Use] = []
        self._heavy = False

    def build(self, tree: nodes.Expr, *, raw: bool) -> Built:
        """Compile the tree; the result counts only when there are no findings."""
        conjuncts = self._conditions(operands(tree, nodes.And))
        run = conjuncts[0][0] if len(conjuncts) == 1 else computing.all_hold(conjuncts)
        uses = tuple(self._uses)
        return Built(
            source=self._parsed.source,
            run=run,
            uses=uses,
            conjuncts=tuple(conjuncts),
            raw=raw,
            heavy=self._heavy,
        )

    def _part(self, node: nodes.Expr) -> Part:
        match node:
            case nodes.Const():
                return Part(computing.constant(node.value), node.lineno, self._last_text(node.lineno))
            case nodes.Name() | nodes.Getattr() | nodes.Getitem():
                return self._path(node)
            case nodes.Filter():
                return self._filter(node)
            case nodes.Test():
                return self._test(node)
            case nodes.Call():
                return self._call(node)
            case nodes.List() | nodes.Tuple() | nodes.Dict():
                return self._literal(node)
            case _:
                return self._operation(node)

    def _operation(self, node: nodes.Expr) -> Part:
        match node:
            case nodes.And() | nodes.Or():
                return self._logic(node)
            case nodes.Compare():
                return self._comparison(node)
            case nodes.Not() | nodes.Neg() | nodes.Pos():
                return self._unary(node)
            case nodes.Concat():
                parts = [self._part(each) for each in node.nodes]
                return self._over(
                    parts[0], parts[-1], computing.joined([part.run for part in parts], self._between(parts))
                )
            case nodes.CondExpr():
                return self._choice(node)
            case nodes.BinExpr() if node.operator in ARITHMETIC:
                left, right = self._part(node.left), self._part(node.right)
                compute = ARITHMETIC[node.operator]
                return self._over(
                    left, right, computing.binary(compute, left.run, right.run, self._between((left, right)))
                )
            case _:
                return self._refused("not-allowed", "this is not part of the language of expressions", node.lineno)

    # Operators

    def _logic(self, node: nodes.And | nodes.Or) -> Part:
        kind = type(node)
        parts = [self._part(each) for each in operands(node, kind)]
        conditions = [self._condition(part) for part in parts]
        run = computing.all_hold(conditions) if kind is nodes.And else computing.any_holds(conditions)
        return self._over(parts[0], parts[-1], run)

    def _comparison(self, node: nodes.Compare) -> Part:
        left = self._part(node.expr)
        rights = [self._part(each.expr) for each in node.ops]
        compares = [COMPARISONS[each.op] for each in node.ops]
        place = self._between((left, rights[-1]))
        if len(rights) == 1:
            run = computing.binary(compares[0], left.run, rights[0].run, place)
        else:
            others = [(compare, right.run) for compare, right in zip(compares, rights, strict=True)]
            run = computing.chain(left.run, others, place)
        return self._over(left, rights[-1], run)

    def _unary(self, node: nodes.Not | nodes.Neg | nodes.Pos) -> Part:
        part = self._part(node.node)
        if isinstance(node, nodes.Not):
            first = part.first if self._parsed.tokens[node.lineno].text == "is" else node.lineno
            return Part(computing.inverted(self._condition(part)), first, part.last)
        compute = negative if isinstance(node, nodes.Neg) else positive
        return Part(computing.unary(compute, part.run, self._place(part)), node.lineno, part.last)

    def _choice(self, node: nodes.CondExpr) -> Part:
        first, condition = self._part(node.expr1), self._part(node.test)
        if node.expr2 is None:
            hint = "Write `a if condition else b`."
            return self._refused("expression-syntax", "`if` needs an `else` here", first.first, condition.last, hint)
        second = self._part(node.expr2)
        return self._over(first, second, computing.choice(self._condition(condition), first.run, second.run))

    def _literal(self, node: nodes.List | nodes.Tuple | nodes.Dict) -> Part:
        if isinstance(node, nodes.Dict):
            entries = [(self._part(pair.key).run, self._part(pair.value).run) for pair in node.items]
            last = self._parsed.closing[node.lineno]
            return Part(computing.mapped(entries, self._parsed.place(node.lineno, last)), node.lineno, last)
        parts = [self._part(item) for item in node.items]
        run = computing.listed([part.run for part in parts])
        if isinstance(node, nodes.List):
            return Part(run, node.lineno, self._parsed.closing[node.lineno])
        return self._over(parts[0], parts[-1], run) if parts else Part(run, node.lineno, node.lineno)

    # Names and what stands behind them

    def _path(self, node: nodes.Expr, *, optional: bool = False) -> Part:
        base, steps = unrolled(node)
        if isinstance(base, nodes.Const) and any(isinstance(constant_key(step), str) for step in steps):
            end = self._step_end(steps[-1])
            return self._refused("not-allowed", "a constant has no parts to look up", base.lineno, end)
        count = 0
        if isinstance(base, nodes.Name):
            count = next((number for number, step in enumerate(steps) if constant_key(step) is None), len(steps))
            part = self._named(base, steps[:count], optional=optional)
        else:
            part = self._part(base)
        for step in steps[count:]:
            part = self._step(part, step)
        return part

    def _named(self, base: nodes.Name, steps: Sequence[Step], *, optional: bool) -> Part:
        first = last = base.lineno
        if base.name in foreign.NAMES:
            self._refused("unknown-name", f"'{base.name}' is not known here", first, first, foreign.NAMES[base.name])
        self._check_name(base.name, first)
        segments: list[Segment] = []
        for step in steps:
            owner, last = self._parsed.text(self._parsed.place(first, last)), self._step_end(step)
            key = constant_key(step)
            self._check_name(key, last)
            segments.append(Segment("" if key is None else key, owner, self._parsed.place(first, last)))
        place = self._parsed.place(first, first)
        self._record(base.name, place, segments, optional=optional)
        return Part(constant_path(base.name, place, segments), first, last)

    def _record(self, name: str, place: Place, segments: Sequence[Segment], *, optional: bool) -> None:
        """Note the use of a name, with the attributes that are constant texts; a number ends the path."""
        attributes: list[str] = []
        for segment in segments:
            if not isinstance(segment.key, str):
                break
            attributes.append(segment.key)
            place = segment.place
        run = constant_path(name, place, segments[: len(attributes)])
        self._uses.append(Use(name=name, attributes=tuple(attributes), place=place, run=run, optional=optional))

    def _step(self, part: Part, step: Step) -> Part:
        last = self._step_end(step)
        place, owner = self._parsed.place(part.first, last), self._text(part)
        if isinstance(step, nodes.Getitem) and isinstance(step.arg, nodes.Slice):
            start, stop, every = (
                self._optional_part(each) for each in (step.arg.start, step.arg.stop, step.arg.step)
            )
            return Part(stretch(part.run, (start, stop, every), place), part.first, last)
        if isinstance(step, nodes.Getattr):
            self._check_name(step.attr, last)
            key = computing.constant(step.attr)
        else:
            self._check_name(constant_key(step), last)
            key = self._part(step.arg).run
        return Part(dynamic_member(part.run, key, owner, place), part.first, last)

    def _optional_part(self, node: nodes.Expr | None) -> Run:
        return computing.constant(None) if node is None else self._part(node).run

    def _check_name(self, name: str | int | None, token: int) -> None:
        if isinstance(name, str) and name.startswith("__") and name.endswith("__"):
            hint = "Expressions see plain values only, never what Python keeps behind them."
            self._refused("not-allowed", f"'{name}' cannot be looked up", token, token, hint)

    # Filters, tests and methods

    def _filter(self, node: nodes.Filter) -> Part:
        if not isinstance(node.node, nodes.Expr):
            return self._refused("not-allowed", "a filter needs a value", node.lineno)
        is_path = isinstance(node.node, nodes.Name | nodes.Getattr | nodes.Getitem)
        optional = node.name == "default" and is_path
        operand = self._path(node.node, optional=True) if optional else self._part(node.node)
        arguments = self._arguments(node)
        last = self._call_end(node.lineno)
        entry = self._entry(node.name, FILTERS, "filter", node.lineno)
        if entry is None or not self._fits(entry, arguments, node.lineno, last, keywords=True):
            return Part(operand.run, operand.first, last)
        return Part(self._filter_run(entry, operand, arguments, last, optional=optional), operand.first, last)

    def _filter_run(
        self, entry: Entry, operand: Part, arguments: calls.Arguments, last: int, *, optional: bool
    ) -> Run:
        place = self._parsed.place(operand.first, last)
        if entry.name == "since" and not arguments.positional and not arguments.keywords:
            started = calls.from_the_start(self._parsed.place(last, last))
            self._uses.append(started)
            arguments = calls.Arguments(positional=(started.run,), keywords={})
        if entry.run is not None:
            return calls.applied(entry.run, operand.run, arguments, place)
        if entry.name == "default":
            other = [*arguments.positional, *arguments.keywords.values()][0]
            return calls.or_default(operand.run, other, path=optional)
        if entry.name == "map":
            return calls.mapping_run(operand.run, arguments, place)
        if entry.name in calls.CHOOSING:
            return calls.choosing_run(entry.name, operand.run, arguments, place)
        hint = "Write it last in {{ … }} of a shell command."
        return self._refused("not-allowed", f"`{entry.name}` cannot stand here", last, last, hint).run

    def _test(self, node: nodes.Test) -> Part:
        at = node.lineno + (2 if self._parsed.tokens[node.lineno + 1].text == "not" else 1)
        entry = self._entry(node.name, TESTS, "test", at)
        is_path = isinstance(node.node, nodes.Name | nodes.Getattr | nodes.Getitem)
        special = entry is not None and entry.run is None
        operand = self._path(node.node, optional=special) if is_path else self._part(node.node)
        arguments = self._arguments(node)
        last = self._test_end(node, at)
        if entry is None or not self._fits(entry, arguments, at, last, keywords=False):
            return Part(operand.run, operand.first, last)
        if entry.run is not None:
            place = self._parsed.place(operand.first, last)
            return Part(calls.applied(entry.run, operand.run, arguments, place), operand.first, last)
        if not is_path:
            return self._refused("wrong-arguments", f"`is {entry.name}` asks about a name", operand.first, last)
        return Part(calls.is_there(operand.run, wanted=entry.name == "defined"), operand.first, last)

    def _call(self, node: nodes.Call) -> Part:
        last = self._parsed.closing[node.lineno]
        if not isinstance(node.node, nodes.Getattr):
            return self._no_function(node, last)
        operand, at = self._part(node.node.node), node.lineno - 1
        arguments = self._arguments(node)
        entry = self._entry(node.node.attr, METHODS, "method", at)
        if entry is None or entry.run is None or not self._fits(entry, arguments, at, last, keywords=False):
            return Part(operand.run, operand.first, last)
        place = self._parsed.place(operand.first, last)
        return Part(calls.applied(entry.run, operand.run, arguments, place), operand.first, last)

    def _no_function(self, node: nodes.Call, last: int) -> Part:
        hint = "Methods of texts and mappings can be called; everything else is a filter: value | filter."
        if isinstance(node.node, nodes.Name):
            name, at = node.node.name, node.node.lineno
            hint = f"Write … | {name}." if name in FILTERS else hint
            return self._refused("not-allowed", f"there is no function '{name}'", at, at, hint)
        return self._refused("not-allowed", "this cannot be called", node.lineno, last, hint)

    def _entry(self, name: str, known: Mapping[str, Entry], what: str, token: int) -> Entry | None:
        entry = known.get(name)
        if entry is None:
            hint = foreign.WORDS[what].get(name) or did_you_mean(name, known)
            hint = hint or f"The {what}s are: {', '.join(sorted(known))}."
            self._refused(_UNKNOWN[what], f"there is no {what} '{name}'", token, token, hint)
        return entry

    def _arguments(self, node: nodes.Filter | nodes.Test | nodes.Call) -> calls.Arguments:
        if node.dyn_args is not None or node.dyn_kwargs is not None:
            self._refused("not-allowed", "arguments cannot be unpacked with * or **", node.lineno)
        keywords = {pair.key: self._part(pair.value).run for pair in node.kwargs if isinstance(pair, nodes.Keyword)}
        parts = [self._part(argument) for argument in node.args]
        return calls.Arguments(
            positional=tuple(part.run for part in parts),
            keywords=keywords,
            words=tuple(constants(node.args)),
            tokens=tuple(part.first for part in parts),
        )

    def _fits(self, entry: Entry, arguments: calls.Arguments, first: int, last: int, *, keywords: bool) -> bool:
        """Check the arguments of a call, and its regular expression where that is constant."""
        if unknown := calls.stranger(entry, arguments):
            token, what, word = unknown
            self._entry(word, TESTS if what == "test" else FILTERS, what, token)
            return False
        if complaint := calls.call_complaint(entry, arguments, keywords=keywords):
            self._refused("wrong-arguments", complaint, first, last, f"For example: {entry.example}")
            return False
        self._heavy = self._heavy or entry.patterns or entry.variadic
        pattern = calls.constant_pattern(entry, arguments)
        if pattern is not None:
            try:
                compile_pattern(pattern)
            except Refused as refused:
                self._refused("bad-pattern", refused.message, first, last, refused.hint)
                return False
        return True

    # Where things stand

    def _conditions(self, found: Sequence[nodes.Expr]) -> list[computing.Condition]:
        return [self._condition(self._part(node)) for node in found]

    def _condition(self, part: Part) -> computing.Condition:
        return part.run, self._place(part)

    def _over(self, first: Part, last: Part, run: Run) -> Part:
        return Part(run, first.first, last.last)

    def _between(self, parts: Sequence[Part]) -> Place:
        return self._parsed.place(parts[0].first, parts[-1].last)

    def _place(self, part: Part) -> Place:
        return self._parsed.place(part.first, part.last)

    def _text(self, part: Part) -> str:
        return self._parsed.text(self._place(part))

    def _last_text(self, token: int) -> int:
        """Return the last of texts that stand side by side, which Jinja joins."""
        tokens = self._parsed.tokens
        while tokens[token].kind == "string" and token + 1 < len(tokens) and tokens[token + 1].kind == "string":
            token += 1
        return token

    def _step_end(self, step: Step) -> int:
        """Return the last token of `.name` or `[key]`; a node of `a.0` points to its dot."""
        return self._parsed.closing.get(step.lineno, step.lineno + 1)

    def _call_end(self, name: int) -> int:
        """Return the last token of a filter or test with arguments in brackets, else its name."""
        tokens = self._parsed.tokens
        follows = name + 1 < len(tokens) and tokens[name + 1].text == "("
        return self._parsed.closing[name + 1] if follows else name

    def _test_end(self, node: nodes.Test, name: int) -> int:
        end = self._call_end(name)
        return self._part_end(node.args[0]) if end == name and node.args else end

    def _part_end(self, node: nodes.Expr) -> int:
        """Return the last token of a test's bare argument, without noting its names again."""
        match node:
            case nodes.Getattr() | nodes.Getitem():
                return self._step_end(node)
            case nodes.List() | nodes.Dict() | nodes.Call():
                return self._parsed.closing[node.lineno]
            case _:
                return self._last_text(node.lineno)

    def _refused(self, code: str, message: str, first: int, last: int | None = None, hint: str | None = None) -> Part:
        """Note a finding; return a part that stands in, so that building goes on and finds the next one."""
        place = self._parsed.place(first, first if last is None else last)
        self.findings.append(Finding(code, message, *place, hint))
        return Part(computing.constant(None), first, first if last is None else last)
