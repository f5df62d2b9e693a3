"""Words that people know from Jinja2 and Ansible and that do not exist here, with what to write instead."""

_HELPERS = ("self", "super", "namespace", "cycler", "joiner", "lipsum", "range", "dict", "request", "caller")
_QUOTED = "Values in commands are quoted by themselves."
_RESULT = "Ask the result: x.passed, x.failed, x.skipped."

NAMES = {
    **dict.fromkeys(_HELPERS, "Expressions see plain values; Jinja's helpers are not among them."),
    **dict.fromkeys(("null", "Null", "NULL", "nil"), "Write none."),
    "TRUE": "Write true.",
    "FALSE": "Write false.",
}
"""Names."""

WORDS = {
    "filter": {
        "d": "Write default.",
        "from_json": "Write json.",
        "to_json": "Write tojson.",
        "human_to_bytes": "Write size.",
        "filesizeformat": "Compare numbers instead: '10MiB' | size.",
        "bool": "Compare the text: … == 'true'.",
        "quote": _QUOTED,
        "urlencode": "Values in URLs are encoded by themselves.",
        "to_datetime": "Write since: the seconds from one point in time to another.",
        "strftime": "Write since: the seconds from one point in time to another.",
        "hash": "Write sha256.",
        "ternary": "Write a if condition else b.",
        "match": "It is a test: … is match('…'). To take the part that matches: regex_search.",
        "search": "It is a test: … is search('…'). To take the part that matches: regex_search.",
        "random": "An expression gives the same value every time.",
        "shuffle": "An expression gives the same value every time.",
        "format": "Join texts with ~.",
        "keys": "Write .keys().",
        "values": "Write .values().",
        "dict2items": "Write items.",
    },
    "test": {
        "equalto": "Write eq.",
        "==": "Write 'eq'.",
        "!=": "Write 'ne'.",
        "<": "Write 'lt'.",
        "<=": "Write 'le'.",
        ">": "Write 'gt'.",
        ">=": "Write 'ge'.",
        "greaterthan": "Write gt.",
        "lessthan": "Write lt.",
        "sameas": "Write eq, or is none.",
        "regex": "Write search.",
        "subset": "Write (… | difference(other) | length) == 0.",
        "superset": "Write (other | difference(…) | length) == 0.",
        "startswith": "Write match('…'), or .startswith('…').",
        "success": _RESULT,
        "succeeded": _RESULT,
        "failed": _RESULT,
        "changed": _RESULT,
        "skipped": _RESULT,
    },
    "method": {
        "format": "Join texts with ~.",
        "encode": "Texts are all there is.",
    },
}
"""Filters, tests and methods."""
