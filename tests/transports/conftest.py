"""Transports against the real thing: an OpenSSH server of this test session's own."""

from collections.abc import AsyncIterator, Iterator

import openssh
import pytest

from playbook_engine.transports.ssh.transport import SshTransport


@pytest.fixture(scope="session")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[openssh.OpenSsh]:
    if openssh.find_sshd() is None:
        pytest.skip("OpenSSH's sshd is not installed: nothing was tested against the real server")
    with openssh.serve(tmp_path_factory.mktemp("sshd")) as server:
        yield server


@pytest.fixture
async def ssh(sshd: openssh.OpenSsh) -> AsyncIterator[SshTransport]:
    transport = SshTransport(jitter=lambda: 0.5, files=sshd.files())
    yield transport
    await transport.close()
