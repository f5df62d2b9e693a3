"""Values as a person pastes them into a shell: quoted, secrets as `$NAME`."""

import re
import shlex

from playbook_engine.values import Secret, Text

_UNFIT = re.compile(r"[^A-Za-z0-9_]")
_SPECIAL = re.compile(r'["\\$`!]')
"""What a double-quoted text would not keep as it is."""
_GOES_ON = re.compile(r"[A-Za-z0-9_]")


def pasted(text: Text) -> str:
    """Return a text as one word of a shell command."""
    parts = _parts(text)
    if not any(isinstance(part, Secret) for part in parts):
        return shlex.quote("".join(str(part) for part in parts))
    if any(isinstance(part, str) and _SPECIAL.search(part) for part in parts):
        return "".join(shlex.quote(part) if isinstance(part, str) else f'"${_variable(part)}"' for part in parts)
    return f'"{spoken(text)}"'


def spoken(text: Text) -> str:
    """Return a text for people: each secret as `$NAME`, in braces where a letter follows."""
    shown, parts = "", _parts(text)
    for part, following in zip(parts, (*parts[1:], ""), strict=True):
        if isinstance(part, str):
            shown += part
        elif isinstance(following, str) and _GOES_ON.match(following):
            shown += f"${{{_variable(part)}}}"
        else:
            shown += f"${_variable(part)}"
    return shown


def _parts(text: Text) -> tuple[str | Secret, ...]:
    return (text,) if isinstance(text, str) else tuple(part for part in text.parts if part)


def _variable(secret: Secret) -> str:
    return _UNFIT.sub("_", secret.name)
