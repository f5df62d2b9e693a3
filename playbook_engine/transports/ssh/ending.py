"""How a remote process group is ended: by a second channel, because SSH has no dependable way on the first.

The host's own shell does the waiting, so that all of it is one round trip however far away the host is.
"""

import time
from typing import Final

import paramiko

from playbook_engine.transports.ssh.link import Link
from playbook_engine.transports.ssh.script import EXEC
from playbook_engine.transports.ssh.watch import Watch
from playbook_engine.values import Duration

_OPEN_S: Final = 1.0
_MARGIN_S: Final = 1.0
"""What the way there and back, and the signals themselves, may take besides the grace."""
_QUEUE_S: Final = 2.0
_LEAST_S: Final = 0.3
"""The grace of those that had to wait for longer than their own."""
_TICKS_PER_S: Final = 9
"""Somewhat fewer than ten, because looking takes time besides the tenth of a second of sleep."""
_SCRIPT: Final = """\
group={group}
there() {{ kill -s 0 -- "-$group" 2>/dev/null; }}
send() {{ kill -s "$1" -- "-$group" 2>/dev/null || kill -s "$1" "$group" 2>/dev/null; }}
runs() {{
  list=$(ps -A -o pgid= -o stat= 2>/dev/null) || {{ there; return; }}
  echo "$list" | {{
    while read -r pgid state; do
      if [ "$pgid" = "$group" ]; then case $state in Z*|X*) ;; *) exit 0 ;; esac; fi
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
"""Ends a group, and ends with 0 when nothing of it runs any more.

A process that only waits to be reaped still counts for signal 0; `ps` tells it apart, where there is a `ps`. It
also sees processes of other users, which signal 0 cannot tell from none. It is asked now and then only: on a busy
host it takes its time.
"""


def end_group(link: Link, channel: paramiko.Channel, group: int, grace: Duration) -> bool:
    """Ask a command's group to end, make it end after `grace`, and return whether it is known to be gone.

    When more are overdue than there are channels for ending them, the others wait, and their grace passes
    meanwhile: they are asked at once by a signal request, which OpenSSH understands unless root logged in.
    """
    until = time.monotonic() + grace.seconds
    link.wire.send_signal(channel, "TERM")
    if not link.killers.acquire(timeout=grace.seconds + _QUEUE_S):
        return False
    try:
        left = max(until - time.monotonic(), _LEAST_S)
        text = _SCRIPT.format(group=group, ticks=int(left * _TICKS_PER_S))
        return link.alive and _run(link, text.encode(), left + _MARGIN_S)
    finally:
        link.killers.release()


def _run(link: Link, script: bytes, seconds: float) -> bool:
    until = time.monotonic() + seconds
    try:
        channel = link.open(_OPEN_S)
    except paramiko.ChannelException:
        return False
    except (paramiko.SSHException, EOFError, OSError):
        link.give_up()  # it does not answer: who waits behind us need not try
        return False
    watch = Watch()
    try:
        channel.settimeout(_OPEN_S)
        link.wire.start_exec(channel, watch, EXEC)
        channel.sendall(script)
        channel.shutdown_write()
        while not watch.ended and not watch.closed and (left := until - time.monotonic()) > 0:
            watch.wait_for_news(left)
    except (paramiko.SSHException, EOFError, OSError):
        return False
    finally:
        link.wire.release(channel)
    return watch.status == 0
