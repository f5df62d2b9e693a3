"""Real parts for shipped playbooks; `tests/support/playing_parts.py` says what they offer."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import kube_workloads
import openssh
import postgres
import pytest
from kube_workloads import Workloads
from playing_parts import Machines, Parts, assembled

KUBECONFIG = os.environ.get("RUNBOOK_TEST_KUBECONFIG")
CLUSTERS = [
    "embedded",
    pytest.param(
        "real",
        marks=[
            pytest.mark.kube,
            pytest.mark.skipif(not KUBECONFIG, reason="RUNBOOK_TEST_KUBECONFIG names no cluster"),
        ],
    ),
]


@pytest.fixture(scope="session")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """Return the hosts' sshd and programs."""
    if openssh.find_sshd() is None:
        pytest.skip("OpenSSH's sshd is not installed: no shipped playbook was played on real hosts")
    with Machines.serve(tmp_path_factory.mktemp("machines")) as running:
        yield running


@pytest.fixture
def parts(tmp_path: Path, machines: Machines) -> Iterator[Parts]:
    """Return hosts and web services, all of them well; without a cluster and without a database."""
    with assembled(tmp_path, machines) as made:
        yield made


@pytest.fixture(scope="session")
def embedded_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workloads]:
    with kube_workloads.embedded(tmp_path_factory.mktemp("cluster")) as workloads:
        yield workloads


@pytest.fixture
def embedded(embedded_cluster: Workloads, parts: Parts) -> Parts:
    """Return the parts with the project's own cluster: pods with processes, logs and usage."""
    embedded_cluster.reset()
    parts.workloads = embedded_cluster
    return parts


@pytest.fixture(params=CLUSTERS)
def clustered(request: pytest.FixtureRequest, parts: Parts) -> Iterator[Parts]:
    """Return the parts with a cluster: once the project's own, once a real API server where there is one."""
    with ExitStack() as closing:
        if request.param == "embedded":
            parts.workloads = request.getfixturevalue("embedded_cluster")
            parts.workloads.reset()
        else:
            assert KUBECONFIG
            parts.workloads = closing.enter_context(kube_workloads.real(KUBECONFIG))
        yield parts


@pytest.fixture(scope="session")
def database_server() -> Iterator[postgres.Postgres]:
    if reason := postgres.why_not():
        pytest.skip(reason)
    with postgres.serve() as running:
        yield running


@pytest.fixture
def database(database_server: postgres.Postgres, parts: Parts) -> postgres.Postgres:
    """Return a real PostgreSQL with an empty database, and give the parts its URL."""
    database_server.fresh()
    parts.secrets["DATABASE_URL"] = database_server.url
    return database_server
