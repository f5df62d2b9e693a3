"""How long a bare login takes, in milliseconds: what is beyond it in a run came after connecting."""

import json
import sys
import time
from pathlib import Path

import paramiko

job = json.loads(Path(sys.argv[1]).read_text())
key = paramiko.Ed25519Key.from_private_key_file(job["key"])
client = paramiko.SSHClient()
client.load_host_keys(job["known_hosts"])
began = time.perf_counter()
client.connect(
    job["addresses"][0], port=job["port"], username=job["user"], pkey=key, allow_agent=False, look_for_keys=False
)
sys.stdout.write(f"login {(time.perf_counter() - began) * 1000:.1f} ms\n")
client.close()
