"""The keys of hosts on a screen: what they show, what is known of it, and the question whether to keep it."""

from collections.abc import Iterator, Sequence
from typing import Final

from playbook_engine.model.trust import HostKeys, ShownKey, Standing
from playbook_engine.visible import escape

_MARKS: Final = {Standing.KNOWN: "=", Standing.NEW: "+", Standing.CHANGED: "!", Standing.REVOKED: "!"}


def hosts(found: Sequence[HostKeys]) -> str:
    """Return all hosts with their keys."""
    return "".join(f"{line}\n" for host in found for line in _host(host))


def question(found: Sequence[HostKeys]) -> str:
    """Return what a person is asked: how many keys are to be kept, and where."""
    adding = [host for host in found if host.new]
    files = ", ".join(dict.fromkeys(escape(host.file) for host in adding))
    keys = sum(len(host.new) for host in adding)
    return (
        f"Add {_count(keys, 'key')} of {_count(len(adding), 'host')} to {files}?\n"
        "Say yes only if the fingerprints are those that the hosts' own consoles show. [y/N] "
    )


def kept(host: HostKeys, keys: Sequence[ShownKey], file: str) -> str:
    """Return what has been added."""
    return f"Added {_count(len(keys), 'key')} of {escape(host.host)} to {escape(file)}.\n"


def unmatched(host: HostKeys) -> str:
    """Return that a host shows none of the keys that were named."""
    return f"{escape(host.host)}: none of its new keys has a fingerprint that was given; nothing was added.\n"


def waiting() -> str:
    """Return why nothing was added where nobody can be asked."""
    why = "Nothing was added: nobody is at a terminal to compare the fingerprints."
    return f"{why}\nThose that you know can be given: --fingerprint SHA256:…\n"


def _host(host: HostKeys) -> Iterator[str]:
    yield escape(host.host)
    if host.fault is not None:
        yield f"  cannot be looked at: {escape(host.fault)}"
        return
    width = max((len(key.kind) for key in host.keys), default=0)
    for key in host.keys:
        yield f"  {_MARKS[key.standing]} {key.kind:{width}}  {key.fingerprint}  {_standing(key)}"
    if not host.keys:
        yield "  shows no key of a kind that is known here"
    if any(key.standing is Standing.CHANGED for key in host.keys):
        yield "  Find out why first: somebody may be in between. Nothing of this host is added."
        yield f"  If the change is right: ssh-keygen -R '{escape(host.known_as)}' -f {_file(host)}"
    if any(key.standing is Standing.REVOKED for key in host.keys):
        yield "  Do not connect: whoever answers there may not be the host. Nothing of this host is added."


def _standing(key: ShownKey) -> str:
    match key.standing:
        case Standing.KNOWN:
            return f"known ({escape(key.place)})"
        case Standing.NEW:
            return "new"
        case Standing.CHANGED:
            return f"CHANGED: {escape(key.place)} has another key"
        case _:
            return f"REVOKED by {escape(key.place)}"


def _file(host: HostKeys) -> str:
    changed = next(key for key in host.keys if key.standing is Standing.CHANGED)
    return escape(changed.place.rpartition(":")[0])


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
