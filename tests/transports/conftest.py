"""Transports against the real thing: an OpenSSH server of this test session's own."""

from collections.abc import AsyncIterator, Iterator

import openssh
import pytest
import ssh_modes as modes

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


@pytest.fixture(params=modes.MODES)
def ssh_modes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run the test once for each way of carrying commands; `ssh_transport` makes transports that work in it."""
    monkeypatch.setattr(modes, "current", modes.MODES[request.param])
    return str(request.param)
