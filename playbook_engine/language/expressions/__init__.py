"""Expressions and templates: from the text of a scalar to something that can be evaluated again and again.

compiler    the way in: `ExpressionCompiler` makes expressions and templates, and collects their problems
expression  a compiled expression: evaluate, holds, trace
template    a compiled template: text, shell, value, draft
drafts      what can be said of a template before a run
scanner     finds `{{ … }}` in a text
syntax      Jinja2's lexer and parser, with exact columns and plain words for what is wrong
foreign     words of Jinja2 and Ansible that do not exist here
complaints  plain words for what is wrong, with hints for the mistakes people make
findings    what is wrong, at an offset in the text
building    Jinja2's tree into closures; whatever is not on the lists is refused here
trees       small questions about Jinja2's tree
shaping     Jinja2's tree as plain data, for those who put an expression into words
computing   operators, conditions and literals as compiled parts
calls       filters, tests and methods with their arguments, as compiled parts
paths       names and what stands behind them: `jwks.json['keys']`
members     looking something up in plain data
sequences   `map`, `select` and the other filters that apply a filter or a test to every item
operators   arithmetic and comparison, strict about types
entries     how the tables of filters, tests and methods are written
filters     the table of filters
text_filters  its part for texts
list_filters  its part for lists and mappings
tests       the table of tests
methods     the table of methods
groups      lists of lists, groups, and two lists as sets
moments     points in time
versions    versions of programs
converting  text to numbers, sizes, durations and JSON, and values to text
urls        the password in a URL, and the URL without it
patterns    regular expressions that cannot run away easily
kinds       what kinds of values there are, and how a value is shown to a person
limits      how large texts, lists and expressions may be
patience    the bound on the time of one evaluation
refusal     why an evaluation stopped
shell       where in a shell command a value stands
quoting     how a value is written there
reference   the page `docs/reference/expressions.md`, from the tables
"""
