"""The objects of `apply -f FILE`, read and checked when the playbook is loaded; what is in them is plain data."""

from playbook_engine.actions.kubectl import checks
from playbook_engine.actions.kubectl.tokens import Word
from playbook_engine.actions.kubectl.wording import check_text
from playbook_engine.diagnostics import Problems
from playbook_engine.frozen import dataclass
from playbook_engine.model.document import Mapping, Node, Scalar, Sequence, plain
from playbook_engine.model.expressions import Compiler
from playbook_engine.model.manifests import ReadsManifests
from playbook_engine.values import Value

MOST = 100
"""How many objects a file may hold."""

_PROBLEM = "kubectl-manifest"


@dataclass(frozen=True, slots=True)
class Applied:
    """The objects of a file, and what tells this version of it from others."""

    objects: tuple[Value, ...]
    namespaces: tuple[tuple[str, str], ...]
    """The objects that name their namespace, each with it."""
    sha256: str

    @property
    def note(self) -> str:
        """Return what the record says of the file besides its name."""
        count = len(self.objects)
        return f"{count} object{'s' if count > 1 else ''}, sha256 {self.sha256[:12]}"


def read_manifests(word: Word, compiler: Compiler, namespace: str | None, problems: Problems) -> Applied | None:
    """Read the file that `word` names; `namespace` is what the line says, where that is known already."""
    if not word.is_literal:
        hint = "What is applied is read, and reviewed, with the playbook."
        problems.error("kubectl-flag", "the name of the file has to be written out", word.span, hint)
        return None
    if not isinstance(compiler, ReadsManifests):
        message = "a playbook that is no file of its own cannot name files beside it"
        problems.error(_PROBLEM, message, word.span, "Load it from its file.")
        return None
    read = compiler.manifests(word.shown, word.span)
    if read is None:
        return None
    told = len(problems.sorted())
    nodes = [node for document in read.documents for node in _items(document)]
    if not nodes:
        problems.error(_PROBLEM, f"{word.shown} holds no object", word.span, "Write the objects to apply into it.")
    if len(nodes) > MOST:
        problems.error(_PROBLEM, f"{word.shown} holds {len(nodes)} objects; at most {MOST} are applied", word.span)
    for node in nodes[:MOST]:
        _check(node, namespace, problems)
    if len(problems.sorted()) > told:
        return None
    objects = tuple(plain(node) for node in nodes)
    return Applied(objects, tuple(_namespaces(nodes)), read.sha256)


def _items(node: Node) -> tuple[Node, ...]:
    """Return the objects of a document: itself, or what a List holds."""
    if isinstance(node, Mapping) and _word(node.get("kind")).endswith("List") and "items" in node:
        items = node.get("items")
        return items.items if isinstance(items, Sequence) else (node,)
    return (node,)


def _check(node: Node, namespace: str | None, problems: Problems) -> None:
    if not isinstance(node, Mapping):
        problems.error(_PROBLEM, "an object is a mapping with apiVersion, kind and metadata", node.span)
        return
    for key in ("apiVersion", "kind"):
        if not _word(node.get(key)):
            problems.error(_PROBLEM, f"the object has no {key}", node.span, f"Write {key}: at its top.")
    meta = node.get("metadata")
    name = meta.get("name") if isinstance(meta, Mapping) else None
    if not isinstance(name, Scalar) or not _word(name):
        hint = "An object is applied by its name; generateName has no place here."
        problems.error(_PROBLEM, "the object has no metadata.name", node.span, hint)
        return
    check_text(name.text, checks.applied_name, name.span, problems)
    own = meta.get("namespace") if isinstance(meta, Mapping) else None
    if own is not None and namespace is not None and _word(own) != namespace:
        message = f"the object belongs into '{_word(own)}', and the line says '{namespace}'"
        problems.error(_PROBLEM, message, own.span, "Leave out one of them.")


def _namespaces(nodes: list[Node]) -> list[tuple[str, str]]:
    found = []
    for node in nodes:
        meta = node.get("metadata") if isinstance(node, Mapping) else None
        if isinstance(meta, Mapping) and "namespace" in meta:
            found.append((_word(meta.get("name")), _word(meta.get("namespace"))))
    return found


def _word(node: Node | None) -> str:
    return node.value if isinstance(node, Scalar) and isinstance(node.value, str) else ""
