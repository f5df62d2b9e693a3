"""What filters and methods do with texts."""

from playbook_engine.language.expressions.converting import to_plain_text
from playbook_engine.language.expressions.kinds import describe, need_list, need_text, need_whole
from playbook_engine.language.expressions.limits import check_items, check_length
from playbook_engine.language.expressions.refusal import Refused
from playbook_engine.values import Secret, SecretText, Value


def upper(value: Value) -> Value:
    changed = need_text(value, "`upper`").upper()
    check_length(len(changed))
    return changed


def lower(value: Value) -> Value:
    changed = need_text(value, "`lower`").lower()
    check_length(len(changed))
    return changed


def trim(value: Value, characters: Value = None) -> Value:
    """Take blanks off both ends; a secret stays a secret, because keys in files end with a line break."""
    wanted = None if characters is None else need_text(characters, "`trim`")
    if isinstance(value, Secret):
        return Secret(value.name, value.reveal().strip(wanted))
    if isinstance(value, SecretText):
        return value
    return need_text(value, "`trim`").strip(wanted)


def replaced(value: Value, old: Value, new: Value) -> Value:
    """Put `new` in place of every `old`; the size of the result is known before it is made."""
    text, before, after = (need_text(each, "`replace`") for each in (value, old, new))
    check_length(len(text) + text.count(before) * (len(after) - len(before)))
    return text.replace(before, after)


def joined(items: Value, separator: Value = "") -> Value:
    """Join the items of a list as text."""
    between = need_text(separator, "`join`")
    parts = [to_plain_text(item) for item in need_list(items, "`join`")]
    check_length(sum(map(len, parts)) + len(between) * max(len(parts) - 1, 0))
    return between.join(parts)


def split(value: Value, separator: Value = None, maximum: Value = -1) -> Value:
    """Split a text at a separator, or into words."""
    text, most = need_text(value, "`split`"), need_whole(maximum, "`split`")
    between = None if separator is None else need_text(separator, "`split`")
    if between == "":
        raise Refused("`split` needs a separator that is not empty")
    parts = text.split(between, most)
    check_items(len(parts))
    return [*parts]


def title(value: Value) -> Value:
    changed = need_text(value, "`title`").title()
    check_length(len(changed))
    return changed


def capitalized(value: Value) -> Value:
    changed = need_text(value, "`capitalize`").capitalize()
    check_length(len(changed))
    return changed


def truncated(value: Value, length: Value = 255, end: Value = "…") -> Value:
    """Cut a text to a length, what stands for the rest included."""
    text, most, rest = need_text(value, "`truncate`"), need_whole(length, "`truncate`"), need_text(end, "`truncate`")
    if most < len(rest):
        raise Refused(f"`truncate` to {most} characters leaves no room for {describe(rest)}")
    return text if len(text) <= most else text[: most - len(rest)] + rest


def from_base64(value: Value) -> Value:
    """Read the text in base64, line breaks in it left out."""
    from base64 import b64decode  # noqa: PLC0415  few expressions need it

    written = need_text(value, "`b64decode`")
    check_length(len(written))
    try:
        return b64decode("".join(written.split()), validate=True).decode("utf-8")
    except UnicodeDecodeError:
        raise Refused(f"{describe(value)} does not hold text in UTF-8") from None
    except ValueError:
        raise Refused(f"{describe(value)} is not base64") from None


def to_base64(value: Value) -> Value:
    from base64 import b64encode  # noqa: PLC0415  as above

    text = need_text(value, "`b64encode`")
    check_length(len(text) * 6)
    return b64encode(text.encode()).decode()


def sha256(value: Value) -> Value:
    from hashlib import sha256 as digest  # noqa: PLC0415  as above

    return digest(need_text(value, "`sha256`").encode()).hexdigest()
