"""A demo host's own small world, and the programs that show it: stand-ins on its PATH for those of a machine.

The host is a folder. What it runs are the processes that work in that folder; its memory, its disks and its ports are
what `machine.json` says. So `ps` shows no process of the machine that the demo runs on, and a disk can be nearly full
without being so. Each program shows what is really there: processes from /proc, sizes of real files.

machine       the host: its size, its mounts, its processes
install       the folder of stand-ins, first on the PATH of whoever logs in
database      what the demo's database tells of itself
processes     processes and what they use, read from /proc
columns       rows of words under their headings
df free ps pgrep top ss netstat pmap psql      the programs, one file each
"""
