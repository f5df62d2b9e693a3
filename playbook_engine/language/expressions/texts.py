"""What filters and methods do with texts."""

from playbook_engine.language.expressions.converting import to_plain_text
from playbook_engine.language.expressions.kinds import need_list, need_text
from playbook_engine.language.expressions.limits import check_length
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
