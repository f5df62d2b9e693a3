"""Commands on many hosts the plain way: one connection per host, a session per command, a pool of threads."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import paramiko

TIMEOUT_S = 20


def main() -> None:
    """Read the job, carry it out, print every answer."""
    job = json.loads(Path(sys.argv[1]).read_text())
    key = paramiko.Ed25519Key.from_private_key_file(job["key"])
    lines = Path(job["known_hosts"]).read_text().splitlines()
    entries = [paramiko.hostkeys.HostKeyEntry.from_line(line) for line in lines]
    known = {entry.hostnames[0]: entry.key for entry in entries if entry is not None and entry.hostnames}
    with ThreadPoolExecutor(job["threads"]) as pool:
        for answers in pool.map(partial(_on, job, key, known), job["addresses"]):
            sys.stdout.write("".join(answers))


def _on(job: dict[str, Any], key: paramiko.PKey, known: dict[str, paramiko.PKey], address: str) -> list[str]:
    client = paramiko.SSHClient()
    name = f"[{address}]:{job['port']}"
    client.get_host_keys().add(name, known[name].get_name(), known[name])
    client.set_missing_host_key_policy(paramiko.RejectPolicy())
    client.connect(
        address,
        port=job["port"],
        username=job["user"],
        pkey=key,
        allow_agent=False,
        look_for_keys=False,
        timeout=TIMEOUT_S,
    )
    try:
        return [_run(client, command) for command in job["commands"]]
    finally:
        client.close()


def _run(client: paramiko.SSHClient, command: str) -> str:
    _, stdout, stderr = client.exec_command(command, timeout=TIMEOUT_S)
    printed, complained = stdout.read().decode(), stderr.read().decode()
    status = stdout.channel.recv_exit_status()
    return printed if status == 0 else f"exit {status}: {complained}"


if __name__ == "__main__":
    main()
