"""The page `docs/reference/translation.md`, from the schema."""

import json

from playbook_engine.language.reference import Tables
from playbook_engine.resources import schema_text

_PAGE = """\
# Translations

<!-- Written by language/translations/reference.py from schemas/translation.v1.json; a test compares. -->

{about}

[languages.md](../languages.md) says how one is written, what lint says of it, and who sees it. `runbook schema
translation` prints the schema; an editor that finds its name in the first line of a file completes and checks it:

```yaml
# yaml-language-server: $schema=../../schemas/translation.v1.json
```

{fields}
"""


def page() -> str:
    """Return the reference page as Markdown."""
    schema = json.loads(schema_text("translation.v1"))
    return _PAGE.format(about=schema["description"], fields=Tables({"$defs": {}, **schema}).table(schema))
