"""`ansible_group_priority`: which of two groups of the same depth wins.

It counts where a group is declared. In a file under group_vars it is a variable like any other, as in Ansible.
"""

import math
from typing import Final

from playbook_engine.diagnostics import Problems
from playbook_engine.model.document import Node, Scalar

PRIORITY: Final = "ansible_group_priority"
DEFAULT_PRIORITY: Final = 1


def priority(node: Node, default: int, problems: Problems) -> int:
    """Return the number; as in Ansible it may be a text, and a fraction is cut off."""
    value = node.value if isinstance(node, Scalar) else None
    try:
        if isinstance(value, int | str) or (isinstance(value, float) and math.isfinite(value)):
            return int(value)
    except ValueError:
        pass
    problems.error("invalid-inventory", f"{PRIORITY}: expected a whole number", node.span)
    return default
