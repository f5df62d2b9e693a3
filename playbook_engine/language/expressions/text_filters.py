"""The filters on texts, for the table of filters."""

from playbook_engine.language.expressions import converting, patterns, texts, urls
from playbook_engine.language.expressions.entries import Entry, simple

TEXTS = (
    simple("upper", texts.upper, "All letters in upper case.", "'ok' | upper"),
    simple("lower", texts.lower, "All letters in lower case.", "'OK' | lower"),
    simple(
        "trim",
        texts.trim,
        "Without blanks, or the given characters, at both ends. A secret stays a secret.",
        "' a ' | trim",
        (),
        ("characters",),
    ),
    simple(
        "replace",
        texts.replaced,
        "With one part put in place of another.",
        "'a-b' | replace('-', '_')",
        ("old", "new"),
    ),
    simple(
        "split",
        texts.split,
        "The parts between separators; without a separator, the words.",
        "'a,b' | split(',')",
        (),
        ("separator", "maximum"),
    ),
    simple("title", texts.title, "Every word begins with a capital.", "'two words' | title"),
    simple(
        "capitalize", texts.capitalized, "The first letter is a capital, the others are not.", "'oK' | capitalize"
    ),
    simple(
        "truncate",
        texts.truncated,
        "Cut to a length (255), with `…` or another end where something is missing.",
        "'a long story' | truncate(7)",
        (),
        ("length", "end"),
    ),
    simple(
        "b64decode",
        texts.from_base64,
        "The text that base64 stands for; an error when it is none.",
        "'b2s=' | b64decode",
    ),
    simple("b64encode", texts.to_base64, "A text in base64.", "'ok' | b64encode"),
    simple("sha256", texts.sha256, "The SHA-256 digest of a text, in hexadecimal.", "('ok' | sha256)[:12]"),
    simple("join", texts.joined, "The items of a list as one text.", "['a', 'b'] | join(', ')", (), ("separator",)),
)

PATTERNS = (
    Entry(
        name="regex_search",
        run=patterns.found,
        doc="The first part of a text that matches, or a group of it by number or name; an error when there is none.",
        example="'load average: 0.52' | regex_search('average: ([0-9.]+)', 1) | float",
        required=("pattern",),
        optional=("group",),
        patterns=True,
    ),
    Entry(
        name="regex_findall",
        run=patterns.all_found,
        doc="All parts of a text that match, or the group of each, or a list of its groups when there are several.",
        example="'a=1 b=2' | regex_findall('[a-z]=([0-9])')",
        required=("pattern",),
        patterns=True,
    ),
    Entry(
        name="regex_replace",
        run=patterns.substituted,
        doc="With a text put in place of every match; `\\1` in it is a group.",
        example="'v1.2' | regex_replace('v(.*)', 'version \\1')",
        required=("pattern", "replacement"),
        patterns=True,
    ),
)

READING = (
    simple("string", converting.to_plain_text, "A number, a boolean or a text as text.", "42 | string"),
    simple("lines", converting.to_lines, "The lines of a text as a list.", "'a\\nb\\n' | lines"),
    simple(
        "json", converting.from_json, "What a JSON text means; an error when it is not JSON.", "'{\"a\": [1]}' | json"
    ),
    simple("tojson", converting.to_json, "A value written as JSON text.", "{'a': [1]} | tojson"),
    simple(
        "url_host", converting.to_url_host, "The host's name in a URL.", "'https://example.com:8443/x' | url_host"
    ),
    simple(
        "url_password",
        urls.password,
        "The password in a URL, decoded; empty when it has none. That of a secret is a secret.",
        "'postgresql://ana:p%40ss@db/app' | url_password",
    ),
    simple(
        "url_without_password",
        urls.without_password,
        "A URL without its password. That of a secret is a secret.",
        "'postgresql://ana:p%40ss@db/app' | url_without_password",
    ),
)
