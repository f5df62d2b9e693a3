"""Playbooks in other languages: translation files in, a playbook's prose in another language out.

reading   a checked tree becomes a translation
prose     what of a playbook is prose, and how it is put into other words
binding   a translation with the playbook that it is of: its texts, ready to be shown
checking  what does not fit between the two, for lint
reference the page `docs/reference/translation.md`, from the schema
"""
