"""The language: text in, the model of a playbook out, every problem with its position.

text         bytes and files → text that is safe to read; positions in it
reader       text → tree with positions (the only importer of yaml)
syntax       what a YAML parser complains about, in plain words
scalars      what an unquoted word means: the rules of YAML 1.2 core, and of YAML 1.1 for Ansible's files
tags         what an explicit tag makes of a value
schema       tree against a JSON schema: is it valid, and what exactly is wrong (the only importer of jsonschema)
validity     the quick half of that: a plain yes, or a doubt
complaints   the other half: what jsonschema found, as diagnostics at the key or value to blame
wording      values, expectations and places in words
reference    the page `docs/reference/playbook.md`, from the schema
reference_rehearsal  the page `docs/reference/rehearsal.md`
reference_text  the words around its tables
companions   the files that a playbook names, read with it
translations playbooks in other languages
build        tree → model.playbook
rehearsals   tree → model.rehearsal
expressions  expressions and templates
"""
