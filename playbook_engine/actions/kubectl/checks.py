"""What a word of a kubectl line may be; each check returns the word, put right, or raises ValueError.

The same check serves a word that is known when the playbook is loaded and one that a value has filled in.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from playbook_engine.actions.kubectl.kinds import plural_of, singular_of
from playbook_engine.values import Duration

Check: TypeAlias = Callable[[str], str]

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")
_VARIABLE = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")
_KEY = r"([A-Za-z0-9][-A-Za-z0-9.]*/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?"
_VALUE = r"([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?"
_REQUIREMENT = re.compile(
    rf"\s*(!\s*{_KEY}|{_KEY}(\s*(==?|!=)\s*{_VALUE}|\s+(in|notin)\s*\(\s*{_VALUE}(\s*,\s*{_VALUE})*\s*\))?)\s*"
)
_IMAGE = re.compile(r"[a-z0-9A-Z][-a-zA-Z0-9._/:]{0,255}(@sha256:[0-9a-f]{64})?")
_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9._\[\]]*\s*(==?|!=)\s*[^,=!\x00-\x1f]*")
_STEP = r"(\.[A-Za-z_][-\w]*(\\\.[-\w]+)*|\[(-?\d+|\*|'[^'\\]+'|\"[^\"\\]+\")\])"
_PATH = re.compile(rf"\$?{_STEP}+")


def object_name(text: str) -> str:
    """An object's name, as RFC 1123 has it."""
    if not _NAME.fullmatch(text):
        raise ValueError(f"'{text}' is not the name of an object: it is lower-case letters, digits, '-' and '.'")
    return text


def applied_name(text: str) -> str:
    """An object's name of any kind: some, like roles, may have a ':'."""
    if not text or len(text) > 253 or re.search(r"[/%\s\x00-\x1f]", text) or text in (".", ".."):
        raise ValueError(f"'{text}' is not the name of an object")
    return text


def namespace(text: str) -> str:
    """A namespace's name."""
    if not _LABEL.fullmatch(text):
        raise ValueError(f"'{text}' is not the name of a namespace: it is lower-case letters, digits and '-'")
    return text


def container(text: str) -> str:
    """A container's name."""
    if not _LABEL.fullmatch(text):
        raise ValueError(f"'{text}' is not the name of a container: it is lower-case letters, digits and '-'")
    return text


def variable(text: str) -> str:
    """The name of an environment variable."""
    if not _VARIABLE.fullmatch(text):
        raise ValueError(f"'{text}' is not the name of a variable: it is letters, digits, '_', '-' and '.'")
    return text


def count(text: str) -> str:
    """A number of replicas."""
    return _integer(text, 0, "a whole number, 0 or more")


def lines(text: str) -> str:
    """A number of lines; -1 means all."""
    return _integer(text, -1, "a whole number of lines, or -1 for all")


def duration(text: str) -> str:
    """A length of time above zero."""
    if Duration.parse(text).ms == 0:
        raise ValueError("the time must be above zero")
    return text


def whole_seconds(text: str) -> str:
    """A length of time of a second or more."""
    if Duration.parse(text).ms < 1000:
        raise ValueError(f"'{text}' is too short: the least is 1s")
    return text


def moment(text: str) -> str:
    """A time with its zone: `2026-11-25T12:00:00Z`."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or "T" not in text:
        raise ValueError(f"'{text}' is not a time; write it as 2026-11-25T12:00:00Z")
    return text


def version(text: str) -> str:
    """The version of an object, as the server writes it."""
    if not re.fullmatch(r"[0-9]{1,20}", text):
        raise ValueError(f"'{text}' is not a version of an object; it is the number in metadata.resourceVersion")
    return text


def positive(text: str) -> str:
    """A number above zero."""
    return _integer(text, 1, "a whole number above zero")


def grace(text: str) -> str:
    """Seconds that a container gets to end; -1 is what the pod itself says."""
    return _integer(text, -1, "a whole number of seconds, or -1 for what the pod says")


def container_or_all(text: str) -> str:
    """A container's name, or `*` for all of them."""
    return text if text == "*" else container(text)


def image(text: str) -> str:
    """The name of an image."""
    if not _IMAGE.fullmatch(text):
        raise ValueError(f"'{text}' is not the name of an image; write 'registry.example/api:2.4.1'")
    return text


def mark(text: str) -> str:
    """The key of a label or an annotation: `tier`, `example.org/tier`."""
    if not re.fullmatch(_KEY, text):
        raise ValueError(f"'{text}' is not the key of a label or annotation; write 'tier' or 'example.org/tier'")
    return text


def label_value(text: str) -> str:
    """The value of a label."""
    if len(text) > 63 or not re.fullmatch(_VALUE, text):
        raise ValueError(f"'{text}' is not the value of a label: it is at most 63 letters, digits, '-', '_' and '.'")
    return text


def manager(text: str) -> str:
    """The name under which applied fields are kept."""
    if not re.fullmatch(r"[-\w./]{1,128}", text):
        raise ValueError(f"'{text}' is not the name of a field manager: it is letters, digits, '-', '_', '.' and '/'")
    return text


def file_name(text: str) -> str:
    """A file beside the playbook."""
    if text == "-" or "://" in text:
        raise ValueError(
            f"'{text}' is not a file; what is applied has to lie beside the playbook, where it is reviewed"
        )
    if text.startswith(("/", "~")):
        raise ValueError(f"'{text}' does not go with the playbook; write the path relative to the playbook's folder")
    return text


def kind_and_name(text: str) -> str:
    """One object: `deployment/api`."""
    kind, slash, name = text.partition("/")
    plural = plural_of(kind)
    if not slash or plural is None:
        raise ValueError(f"'{text}' is not an object; write KIND/NAME, such as deployment/api")
    return f"{plural}/{object_name(name)}"


def cron_job(text: str) -> str:
    """A cron job: `cronjob/cleanup`."""
    kind, slash, name = text.partition("/")
    if not slash or plural_of(kind) != "cronjobs":
        raise ValueError(f"'{text}' is not a cron job; write cronjob/NAME")
    return f"{singular_of('cronjobs')}/{object_name(name)}"


def event_types(text: str) -> str:
    """Types of events: `Warning`, `Normal`, or both."""
    for part in text.split(","):
        if part.lower() not in ("normal", "warning"):
            raise ValueError(f"'{part}' is not a type of event; there are Normal and Warning")
    return text


def subresource(text: str) -> str:
    """What is below an object: `log`, `scale`."""
    if not re.fullmatch(r"[a-z]+", text):
        raise ValueError(f"'{text}' is not a subresource; write 'log', 'exec' or 'scale'")
    return text


def measure(text: str) -> str:
    """What `top` sorts by."""
    return _one_of(text, ("cpu", "memory"))


def patch_type(text: str) -> str:
    """How a patch is read."""
    return _one_of(text, ("strategic", "merge", "json"))


def cascade(text: str) -> str:
    """What becomes of the objects that belong to a deleted one."""
    return _one_of(text, ("background", "foreground", "orphan"))


def dry_run(text: str) -> str:
    """Who works out what a change would give: the server."""
    if text == "client":
        raise ValueError("nothing is worked out on this side; write --dry-run=server")
    return _one_of(text, ("server", "none"))


def _one_of(text: str, known: tuple[str, ...]) -> str:
    if text not in known:
        raise ValueError(f"'{text}' is not known here; there are {', '.join(known)}")
    return text


def selector(text: str) -> str:
    """A label selector: `app=api,tier in (web, worker),!legacy`."""
    if not all(_REQUIREMENT.fullmatch(part) for part in _parts(text)):
        raise ValueError(f"'{text}' is not a label selector; write 'app=api,tier!=web' or 'tier in (web, worker)'")
    return text


def field_selector(text: str) -> str:
    """A field selector: `status.phase!=Running`."""
    if not all(_FIELD.fullmatch(part.strip()) for part in text.split(",")):
        raise ValueError(f"'{text}' is not a field selector; write 'status.phase=Failed,spec.nodeName=node-1'")
    return text


def output(text: str) -> str:
    """The shape of an answer: json, yaml, name, wide, or one simple path."""
    form, equals, path = text.partition("=")
    if form == "jsonpath" and equals:
        return f"jsonpath={json_path(path)}"
    if form in _REFUSED_OUTPUTS:
        raise ValueError(f"the output '{form}' cannot be used; there are {_OUTPUTS}")
    if text not in ("json", "yaml", "name", "wide"):
        raise ValueError(f"'{text}' is not an output; there are {_OUTPUTS}")
    return text


_OUTPUTS = "json, yaml, name, wide and jsonpath={.path}"
_REFUSED_OUTPUTS = (
    "jsonpath-as-json",
    "jsonpath-file",
    "go-template",
    "go-template-file",
    "template",
    "templatefile",
    "custom-columns",
    "custom-columns-file",
)


def json_path(path: str) -> str:
    """One path of names, numbers and stars, in braces or without."""
    bare = path[1:-1].strip() if path.startswith("{") and path.endswith("}") else path
    if not _PATH.fullmatch(bare):
        raise ValueError(
            f"the path '{path}' is not supported; write one path of names, numbers and stars: "
            "{.items[*].metadata.name}"
        )
    return "{" + bare + "}"


def _integer(text: str, least: int, expected: str) -> str:
    if not re.fullmatch(r"-?[0-9]{1,9}", text) or int(text) < least:
        raise ValueError(f"'{text}' is not {expected}")
    return str(int(text))


def _parts(text: str) -> list[str]:
    """Split a selector at the commas that do not stand in parentheses."""
    return re.split(r",(?![^(]*\))", text)
