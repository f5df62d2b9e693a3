"""The script by which process groups are ended where a signal of ours does not reach them.

The shell that reads it does the waiting, so that all of it is one round trip however far away the host is.
"""

from typing import Final

_TICKS_PER_S: Final = 9
"""Somewhat fewer than ten, because looking takes time besides the tenth of a second of sleep."""
_SCRIPT: Final = """\
there() {{ for g in $groups; do kill -s 0 -- "-$g" 2>/dev/null && return 0; done; return 1; }}
send() {{
  for g in $groups; do kill -s "$1" -- "-$g" 2>/dev/null || kill -s "$1" "$g" 2>/dev/null; done
}}
runs() {{
  list=$(ps -A -o pgid= -o stat= 2>/dev/null) || {{ there; return; }}
  echo "$list" | {{
    while read -r pgid state; do
      for g in $groups; do
        if [ "$pgid" = "$g" ]; then case $state in Z*|X*) ;; *) exit 0 ;; esac; fi
      done
    done
    exit 1
  }}
}}
send TERM
tick=0
while there && [ "$tick" -lt {ticks} ]; do
  [ $((tick % 5)) -ne 0 ] || runs || break
  sleep 0.1 2>/dev/null || {{ sleep 1; tick=$((tick + 9)); }}
  tick=$((tick + 1))
done
if there && runs; then
  send KILL
  sleep 0.1 2>/dev/null || sleep 1
fi
runs && exit 1
exit 0
"""
"""Ends with 0 when nothing of the groups runs any more.

A process that only waits to be reaped still counts for signal 0; `ps` tells it apart, where there is a `ps`. It
also sees processes of other users, which signal 0 cannot tell from none. It is asked now and then only: on a busy
host it takes its time.
"""


_BELOW: Final = """\
below() {{
  if [ -r /proc/self/stat ]; then
    for f in /proc/[0-9]*/stat; do
      {{ read -r line <"$f"; }} 2>/dev/null || continue
      pid=${{f#/proc/}}
      set -- "$1" ${{line##*) }}
      [ "$3" != "$1" ] || echo "${{pid%/stat}}"
    done
  else
    ps -A -o pid= -o ppid= | while read -r pid ppid; do [ "$ppid" != "$1" ] || echo "$pid"; done
  fi
}}
kill -s STOP {shell} 2>/dev/null || exit 0
groups=$(below {shell})
kill -s KILL {shell}
[ -n "$groups" ] || exit 0
"""
"""Finds what a resident shell runs: the process below it, which leads a group of its own.

The shell is stopped first, so that nothing new is begun meanwhile, and ended before the command is.
"""


def ending(groups: tuple[int, ...], seconds: float) -> str:
    """Return a script that asks the groups to end, and after some seconds makes them end."""
    return f"groups='{' '.join(map(str, groups))}'\n" + _ending(seconds)


def ending_below(shell: int, seconds: float) -> str:
    """Return a script that ends a resident shell at once, and what it runs as `ending` does."""
    return _BELOW.format(shell=shell) + _ending(seconds)


def _ending(seconds: float) -> str:
    return _SCRIPT.format(ticks=int(seconds * _TICKS_PER_S))
