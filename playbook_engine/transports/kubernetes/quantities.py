"""The API's quantities, `250m` and `128Mi`, as numbers."""

import re
from decimal import Decimal

_QUANTITY = re.compile(r"([+-]?[0-9.]+)(?:([eE][+-]?[0-9]+)|([numkKMGTPE]i?))?")
_UNITS = {
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("1e-3"),
    **{unit: Decimal(1000) ** power for power, unit in enumerate("kMGTPE", 1)},
    **{f"{unit}i": Decimal(1024) ** power for power, unit in enumerate("KMGTPE", 1)},
}


def quantity(text: object) -> Decimal:
    """Return a quantity as a number; what is none counts as 0."""
    match = _QUANTITY.fullmatch(str(text))
    if match is None or match[1].count(".") > 1 or not any(char.isdigit() for char in match[1]):
        return Decimal(0)
    number = Decimal(match[1] + (match[2] or ""))
    return number * _UNITS.get(match[3] or "", Decimal(1))


def millicores(text: object) -> int:
    """Return a share of processors in thousandths, rounded up as kubectl does."""
    return _up(quantity(text) * 1000)


def octets(text: object) -> int:
    """Return a size in bytes."""
    return _up(quantity(text))


def _up(number: Decimal) -> int:
    return int(number.to_integral_value(rounding="ROUND_CEILING"))
