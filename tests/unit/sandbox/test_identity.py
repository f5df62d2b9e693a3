"""The identity provider serves its key, or has the trouble it was given."""

import json
from collections.abc import Iterator
from contextlib import suppress

import pytest

from playbook_engine.sandbox import keys
from playbook_engine.sandbox.identity import IdentityProvider, Trouble
from playbook_engine.sandbox.keys import KeysUnavailable
from playbook_engine.sandbox.tokens import PrivateKey, key_id, read_keys, verify


@pytest.fixture
def identity(key: PrivateKey) -> Iterator[IdentityProvider]:
    provider = IdentityProvider(key)
    provider.start()
    yield provider
    provider.close()


def test_its_tokens_are_verified_by_the_key_that_it_serves(identity: IdentityProvider) -> None:
    served = read_keys(keys.fetch(identity.jwks_url, 2))
    token = identity.token("probe")
    assert verify(token, served[key_id(token)], now=1_800_000_000)["sub"] == "probe"


@pytest.mark.parametrize(
    ("trouble", "seen"),
    [
        (Trouble.UNAVAILABLE, "HTTP 503"),
        (Trouble.SLOW, "timed out"),
        (Trouble.REFUSING, "refused"),
    ],
)
def test_each_trouble_looks_different_and_passes(identity: IdentityProvider, trouble: Trouble, seen: str) -> None:
    identity.suffer(trouble)
    with pytest.raises(KeysUnavailable, match=seen):
        keys.fetch(identity.jwks_url, 0.3)
    identity.suffer(Trouble.NONE)
    assert json.loads(keys.fetch(identity.jwks_url, 2))["keys"]


def test_garbled_keys_are_an_answer_that_is_not_json(identity: IdentityProvider) -> None:
    identity.suffer(Trouble.GARBLED)
    with pytest.raises(ValueError, match="not JSON"):
        read_keys(keys.fetch(identity.jwks_url, 2))


def test_other_paths_are_not_found(identity: IdentityProvider) -> None:
    with pytest.raises(KeysUnavailable, match="HTTP 404"):
        keys.fetch(f"{identity.url}/", 2)


@pytest.mark.usefixtures("no_thread_left")
def test_close_lets_those_go_who_were_kept_waiting(key: PrivateKey) -> None:
    import threading

    provider = IdentityProvider(key)
    provider.start()
    provider.suffer(Trouble.SLOW)
    began = threading.Event()

    def ask() -> None:
        began.set()
        with suppress(KeysUnavailable):  # served in the end or hung up on: what counts is that it is over
            keys.fetch(provider.jwks_url, 60)

    client = threading.Thread(target=ask)
    client.start()
    began.wait(5)
    provider.close()
    client.join(5)
    assert not client.is_alive()
