"""What a shell is given to read so that it stays, and runs one command after the other; and what it says of them.

The shell keeps its two streams as 6 and 7. Each command is a `program -c` of its own, in a process group of its own,
with nothing to read and an environment of its own. Its words are in no argument and in no environment, so a command
cannot know them. Each line that the shell says begins with the command's unguessable word:

    WORD:r123     (both streams, once) the shell is there; its process id, on standard error
    WORD:r        (standard error) it still is
    WORD:cold     it cannot run commands this way, and has ended without running any
    WORD:none     the program that is to read the command line cannot be run
    WORD:e3       (standard error) the command has ended, with that status
    WORD:idle     (both streams) nobody holds what the command was given any more: all of its output has come

Between `e` and `idle` lies what a child in the background still writes. That nobody is left is known by a pipe: it is
that of a here-document, the shell's 9, which each command has open for writing as its 8 (Linux opens it anew
through /proc). Reading it ends when the last one that has it is gone. This costs no process. Where bash sees at once
that nobody has it, both are said in one breath.

The group: bash gives each job one when it is told to (`set -m`), for nothing. Elsewhere `setsid` does, which is
one more program to start for each command.

The traps are for ksh, which ends itself when what it runs was ended by SIGINT; a command does not inherit them.
"""

import shlex
from typing import Final

from playbook_engine.model.requests import SH, ShellRequest
from playbook_engine.transports.shell_script import NONE
from playbook_engine.values import reveal

READY, COLD, ENDED, IDLE = "r", "cold", "e", "idle"

EXEC: Final = "test -x /bin/bash && exec /bin/bash --norc --posix || exec /bin/sh"
"""What the host is asked to run. bash is preferred for its groups. Every login shell understands it but very old ones
(fish before 3.0), and with those each command has a session of its own."""
_REDIRECTED: Final = "8>/proc/self/fd/9 9<&- >&6 2>&7 6>&- 7>&- </dev/null"
_OPENING: Final = """\
exec 6>&1 7>&2 2>/dev/null
trap : INT QUIT
unset rb_word rb_program rb_line rb_before rb_held rb_setsid rb_status
exec 9<<END
a pipe
END
read -r rb_held <&9
rb_cold() {{ echo {word}:{cold} >&7; exit 0; }}
[ -p /proc/self/fd/9 ] && : 8>/proc/self/fd/9 || rb_cold
if [ -n "$BASH_VERSION" ] && wait -f && set -m; then
  rb_start() {{
    if [ -z "$rb_before" ]; then
      "$rb_program" -c "$rb_line" {redirected} &
    else
      (eval "$rb_before"; exec "$rb_program" -c "$rb_line") {redirected} &
    fi
    wait -f $!
  }}
  rb_alone() {{
    read -t 0 <&9 || return
    read -r -n 1 -t 1 rb_held <&9
    [ $? -eq 1 ]
  }}
else
  rb_setsid=$(command -v setsid) || rb_cold
  rb_start() {{
    if [ -z "$rb_before" ]; then
      "$rb_setsid" "$rb_program" -c "$rb_line" {redirected}
    else
      (eval "$rb_before"; exec "$rb_setsid" "$rb_program" -c "$rb_line") {redirected}
    fi
  }}
  rb_alone() {{ return 1; }}
fi
runbook() {{
  rb_start
  rb_status=$?
  if rb_alone; then
    echo "$rb_word:{ended}$rb_status
$rb_word:{idle}" >&7
  else
    echo "$rb_word:{ended}$rb_status" >&7
    while read -r rb_held <&9; do :; done
    echo "$rb_word:{idle}" >&7
  fi
  echo "$rb_word:{idle}" >&6
  rb_before= rb_line= rb_held=
}}
echo {word}:{ready}$$ >&7
echo {word}:{ready} >&6
"""


def opening(word: str) -> str:
    """Return what a shell reads first; `word` is that of its first command."""
    return _OPENING.format(redirected=_REDIRECTED, word=word, cold=COLD, ready=READY, ended=ENDED, idle=IDLE)


def knock(word: str) -> str:
    """Return the line by which the shell is asked whether it is still there."""
    return f"echo {word}:{READY} >&7\n"


def command(request: ShellRequest, word: str) -> str:
    """Return the line that makes the shell run one command."""
    values = [*request.env, *request.shell.secrets]
    before = [f"export {name}={shlex.quote(reveal(value))}" for name, value in values]
    if request.program != SH:
        before.append(f'[ -x "$rb_program" ] || {{ echo "$rb_word:{NONE}" >&2; exit 127; }}')
    assigned = {
        "rb_word": word,
        "rb_program": request.program,
        "rb_line": request.shell.command,
        "rb_before": "\n".join(before),
    }
    return " ".join(f"{name}={shlex.quote(value)}" for name, value in assigned.items()) + "; runbook\n"


def suits(request: ShellRequest) -> bool:
    """Return whether the command can be run this way: it reads nothing, and is run as who logged in."""
    return request.stdin is None and request.become is None
