"""RS256 tokens: good ones are accepted, and nothing else is."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook_engine.sandbox import tokens
from playbook_engine.sandbox.identity import new_key
from playbook_engine.sandbox.tokens import PrivateKey, TokenRefused

_NOW = 1_000.0
_KEY = new_key("key-1")
_TOKEN = tokens.sign({"sub": "ann", "exp": 2_000}, _KEY)


def _part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_a_signed_token_is_verified_by_the_published_key() -> None:
    published = tokens.read_keys(json.dumps({"keys": [tokens.jwk(_KEY.public)]}))
    assert tokens.key_id(_TOKEN) == "key-1"
    assert tokens.verify(_TOKEN, published["key-1"], _NOW)["sub"] == "ann"


def test_the_signature_is_the_one_that_the_cryptography_library_makes() -> None:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers

    signed, _, signature = _TOKEN.rpartition(".")
    public = RSAPublicNumbers(_KEY.public.e, _KEY.public.n).public_key()
    raw = base64.urlsafe_b64decode(signature + "==")
    public.verify(raw, signed.encode(), padding.PKCS1v15(), hashes.SHA256())


@given(st.integers(min_value=0, max_value=len(_TOKEN) - 1), st.characters(codec="ascii"))
def test_a_token_with_one_character_changed_is_refused(place: int, character: str) -> None:
    changed = _TOKEN[:place] + character + _TOKEN[place + 1 :]
    last_bits = place == len(_TOKEN) - 1  # the last character of base64 carries bits that mean nothing
    if changed == _TOKEN or last_bits:
        return
    with pytest.raises(TokenRefused):
        tokens.verify(changed, _KEY.public, _NOW)


@given(st.text(max_size=60))
def test_any_text_is_refused_and_never_fails_otherwise(text: str) -> None:
    with pytest.raises(TokenRefused):
        tokens.verify(text, _KEY.public, _NOW)
    with pytest.raises(TokenRefused):
        tokens.key_id(text)


def test_another_key_does_not_verify_it(other_key: PrivateKey) -> None:
    with pytest.raises(TokenRefused, match="signature"):
        tokens.verify(_TOKEN, other_key.public, _NOW)


@pytest.mark.parametrize(
    ("claims", "why"),
    [({"exp": 999}, "expired"), ({"exp": _NOW}, "expired"), ({}, "expired"), ({"exp": "never"}, "expired")],
)
def test_expired_tokens_are_refused(claims: dict[str, object], why: str) -> None:
    with pytest.raises(TokenRefused, match=why):
        tokens.verify(tokens.sign(claims, _KEY), _KEY.public, _NOW)


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ({"alg": "none", "kid": "key-1"}, "RS256"),
        ({"alg": "HS256", "kid": "key-1"}, "RS256"),
        ({"alg": "RS256"}, "names no key"),
        ({"alg": "RS256", "kid": 7}, "names no key"),
        (["RS256"], "not readable"),
    ],
)
def test_headers_that_ask_for_something_else_are_refused(header: object, why: str) -> None:
    with pytest.raises(TokenRefused, match=why):
        tokens.key_id(f"{_part(header)}.{_part({})}.")


def test_one_key_and_a_set_of_keys_are_both_read(other_key: PrivateKey) -> None:
    one, two = tokens.jwk(_KEY.public), tokens.jwk(other_key.public)
    assert tokens.read_keys(json.dumps(one)) == {"key-1": _KEY.public}
    assert set(tokens.read_keys(json.dumps({"keys": [one, two]}))) == {"key-1", "key-2"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not JSON"),
        ("<html>", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "neither"),
        ('{"keys": []}', "neither"),
        ('{"keys": {}}', "neither"),
        ('{"keys": [{"kty": "EC"}]}', "not an RSA key"),
        ('{"kty": "RSA", "kid": "a", "n": "AQAB"}', "without 'e'"),
        ('{"kty": "RSA", "kid": "a", "n": "AQAB", "e": "AQAB"}', "fewer than 2048 bits"),
        ('{"kty": "RSA", "kid": "a", "n": "?!", "e": "AQAB"}', "base64url"),
    ],
)
def test_what_is_no_key_is_said_to_be_none(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        tokens.read_keys(text)
