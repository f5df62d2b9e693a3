"""Host patterns: `web*,db[0:2],&prod,!canary`.

A pattern is a list of terms. A term is the name of a group or host, a glob over both, or a regular expression after
`~`, and may choose among its hosts by number: `web[0]`, `web[-1]`, `web[1:]`, `web[0:2]` (the end is included).
Whatever the order in which they are written, plain terms are added up first (all hosts when there are none), then `&`
terms keep what they share, then `!` terms take away.

Which hosts these are, and in which order, is as in Ansible; docs/reference/inventory-differences.md lists what is
not. The greatest difference: a term that means no host is an error, because a mistyped exclusion must never widen
what a step acts on. Only a group that is declared and empty may be taken away: `all,!maintenance` holds on the days
without maintenance too.

terms      a pattern's text as terms with roles and places
subscript  `[0]`, `[-1]`, `[1:]` behind a term
matching   which hosts of an inventory a term means
select     the terms of a pattern put together
faults     what is wrong with a pattern, and where in it
"""

from playbook_engine.inventory.patterns.select import Written, everyone, select, select_written

__all__ = ["Written", "everyone", "select", "select_written"]
