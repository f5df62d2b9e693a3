"""What can be told of a condition before anything is asked."""

from collections.abc import Mapping

from playbook_engine.frozen import dataclass
from playbook_engine.model.expressions import Expression, ExpressionError
from playbook_engine.values import Names, TargetName


@dataclass(frozen=True, slots=True)
class Foreseen:
    """The names that steps see from the beginning, everywhere and in addition on each host."""

    names: Names
    host_names: Mapping[TargetName, Names]

    def never(self, condition: Expression | None) -> bool:
        """Return whether it is false already, wherever it is asked: `platform == 'docker'` in another environment."""
        if condition is None:
            return False
        settled = {each.name for each in condition.references if self._is_settled(each.name)}
        if any(each.optional and each.name not in settled for each in condition.references):
            return False  # `x | default(false)` says nothing as long as x is still to come
        try:
            return not condition.holds({name: self.names[name] for name in settled})
        except ExpressionError:
            return False  # it needs a name that is still to come, or the run says what is wrong with it

    def _is_settled(self, name: str) -> bool:
        if name not in self.names:
            return False
        value = self.names[name]
        return all(own.get(name, value) == value for own in self.host_names.values())
