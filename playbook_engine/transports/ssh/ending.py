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
  runs || break
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
also sees processes of other users, which signal 0 cannot tell from none.
"""


def end_group(link: Link, channel: paramiko.Channel, watch: Watch, group: int, grace: Duration) -> bool:
    """Ask a command's group to end, make it end after `grace`, and return whether it is known to be gone.

    When more are overdue than there are channels for ending them, those that wait ask on their own channel:
    OpenSSH understands that, others may not, so it is the second choice.
    """
    until = time.monotonic() + grace.seconds
    link.wire.send_signal(channel, "TERM")
    if not link.killers.acquire(timeout=grace.seconds):
        return _kill_on_own_channel(link, channel, watch)
    try:
        left = max(until - time.monotonic(), 0.0)
        return link.alive and _run(link, _SCRIPT.format(group=group, ticks=int(left * 10)).encode(), left + _MARGIN_S)
    finally:
        link.killers.release()


def _kill_on_own_channel(link: Link, channel: paramiko.Channel, watch: Watch) -> bool:
    """Have the host kill the group; that its leader was killed shows that the signal went out to all of it."""
    link.wire.send_signal(channel, "KILL")
    until = time.monotonic() + _MARGIN_S
    while not watch.ended and not watch.closed and (left := until - time.monotonic()) > 0:
        watch.wait_for_news(left)
    return watch.signal == "KILL"


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
