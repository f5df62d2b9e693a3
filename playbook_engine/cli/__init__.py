"""The command line: one file per command.

group      the command group, which imports a command only when it is called
options    options that several commands share
grouping   options that reach a command as one value
failures   every expected failure as one clear message
standard   standard streams that were closed before we began
screens    the screen that an output format asks for
streams    what goes to standard output and what to standard error
play sweep ack lint test show explain new inventory trust replay rehearse audit schema demo   the commands
"""

from playbook_engine.cli.group import main

__all__ = ["main"]
