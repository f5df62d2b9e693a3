"""Data of a playbook as people write it."""

from playbook_engine.values import Secret, SecretText, Value


def value_text(value: Value) -> str:
    """Return a value as YAML's flow style has it."""
    match value:
        case None:
            return "none"
        case bool():
            return "true" if value else "false"
        case list() | tuple():
            return f"[{', '.join(map(value_text, value))}]"
        case int() | float() | str() | Secret() | SecretText():
            return str(value)
        case _:
            return f"{{{', '.join(f'{name}: {value_text(item)}' for name, item in value.items())}}}"
