"""A checked tree becomes a translation."""

from playbook_engine.diagnostics import Problems
from playbook_engine.model.document import Document, Entry, Mapping, Node, Scalar
from playbook_engine.model.translations import Rendering, Translation, essence


def translation(document: Document, problems: Problems) -> Translation | None:
    """Return the translation; None when the file has an error, found here or before."""
    fields = document.root
    renderings = _renderings(fields, problems)
    if problems.has_errors or not isinstance(fields, Mapping):
        return None
    playbook, language, texts = (fields.get(name) for name in ("playbook", "language", "texts"))
    if not isinstance(playbook, Scalar) or not isinstance(language, Scalar) or texts is None:
        return None
    return Translation(
        source=document.source,
        playbook=playbook.text,
        playbook_span=playbook.span,
        language=language.text,
        language_span=language.span,
        texts_span=_key(fields, "texts").key.span,
        renderings=renderings,
    )


def _key(fields: Mapping, name: str) -> Entry:
    return next(entry for entry in fields if entry.key.text == name)


def _renderings(root: Node | None, problems: Problems) -> dict[str, Rendering]:
    """Return the texts; two that differ only in blanks are one, given twice."""
    texts = root.get("texts") if isinstance(root, Mapping) else None
    found: dict[str, Rendering] = {}
    for entry in texts if isinstance(texts, Mapping) else ():
        if not isinstance(entry.value, Scalar):
            continue
        key = essence(entry.key.text)
        earlier = found.setdefault(key, Rendering(entry.key, entry.value)).written
        if earlier is not entry.key:
            message = f"this text was already given in line {earlier.span.line}, with other blanks"
            problems.error("duplicate-key", message, entry.key.span, "Remove one of the two.")
    return found
