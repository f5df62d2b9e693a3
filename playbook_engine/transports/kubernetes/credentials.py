"""Who we are towards a cluster, as the kubeconfig's user says it: tokens, files of tokens, plugins, passwords."""

import base64
import json
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

from playbook_engine.transports.kubernetes.plugin import Credential, Plugin
from playbook_engine.transports.kubernetes.unusable import KubeconfigError

Now: TypeAlias = Callable[[], datetime]
Source: TypeAlias = Callable[[float], Credential]
"""Returns credentials within so many seconds; raises KubeconfigError."""

_EARLY = timedelta(seconds=20)
_GIVEN_UP = {
    "gcp": "Use its plugin: gke-gcloud-auth-plugin, by 'gcloud container clusters get-credentials'.",
    "azure": "Use its plugin: 'kubelogin convert-kubeconfig'.",
}


class Credentials:
    """What a source gave, kept until it runs out or the server does not accept it any more."""

    def __init__(self, source: Source, now: Now, *, keeps: bool = True) -> None:
        self._source = source
        self._now = now
        self._keeps = keeps
        self._kept: Credential | None = None
        self._lock = threading.Lock()

    def current(self, seconds: float) -> Credential:
        """Return who we are now; where many ask at once, the source is asked once."""
        with self._lock:
            if self._kept is None or not self._keeps or self._ran_out(self._kept):
                self._kept = self._source(seconds)
            return self._kept

    def instead_of(self, refused: Credential, seconds: float) -> Credential | None:
        """Return other credentials than those that the server did not accept; None when there are none."""
        with self._lock:
            if self._kept is refused:
                self._kept = self._source(seconds)
            return None if self._kept == refused else self._kept

    def _ran_out(self, kept: Credential) -> bool:
        return kept.expires is not None and kept.expires - _EARLY <= self._now()


def of_user(
    user: Mapping[str, Any], cluster: dict[str, Any], folder: Path, environ: Mapping[str, str], now: Now
) -> "Credentials":
    """Return who a user of a kubeconfig is; relative paths count from the folder of the file that names it."""
    if user.get("tokenFile"):
        return from_file(folder / Path(str(user["tokenFile"])).expanduser(), now)
    if user.get("token"):
        return _fixed(f"Bearer {user['token']}", now)
    if user.get("exec"):
        return Credentials(Plugin(spec=dict(user["exec"]), cluster=cluster, folder=folder, environ=environ).ask, now)
    if user.get("auth-provider"):
        return _provided(user["auth-provider"], now)
    if user.get("username"):
        pair = base64.b64encode(f"{user['username']}:{user.get('password') or ''}".encode()).decode()
        return _fixed(f"Basic {pair}", now)
    return _fixed(None, now)


def from_file(path: Path, now: Now) -> Credentials:
    """Return the token in a file, read again for each request: whoever writes it replaces it in time."""

    def read(seconds: float) -> Credential:
        del seconds
        try:
            token = path.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no text"
            raise KubeconfigError(f"the token file {path} cannot be read: {reason}") from None
        if not token:
            raise KubeconfigError(f"the token file {path} is empty")
        return Credential(f"Bearer {token}")

    return Credentials(read, now, keeps=False)


def _fixed(authorization: str | None, now: Now) -> Credentials:
    known = Credential(authorization)
    return Credentials(lambda _: known, now)


def _provided(provider: Mapping[str, Any], now: Now) -> Credentials:
    """Return the token that an auth provider left in the kubeconfig. It is not renewed: see decision 18."""
    name, config = str(provider.get("name") or ""), provider.get("config") or {}
    if name != "oidc":
        hint = _GIVEN_UP.get(name, "Name a credential plugin (exec) in the kubeconfig instead.")
        raise KubeconfigError(f"the auth provider '{name}' is not supported: kubectl has given it up too", hint)
    token = str(config.get("id-token") or "")
    hint = "Log in again. For a token that is renewed, name a plugin such as 'kubectl oidc-login' in the kubeconfig."
    if not token:
        raise KubeconfigError("the kubeconfig has no id-token of the OIDC login", hint)
    until = _runs_out(token)
    if until is not None and until <= now():
        raise KubeconfigError(f"the id-token of the OIDC login ran out at {until:%Y-%m-%d %H:%M} UTC", hint)
    return _fixed(f"Bearer {token}", now)


def _runs_out(token: str) -> datetime | None:
    """Return until when a JSON Web Token holds; None when it does not say."""
    try:
        claims = token.split(".")[1]
        stamp = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["exp"]
        return datetime.fromtimestamp(float(stamp), UTC)
    except (LookupError, TypeError, ValueError, OverflowError, OSError, RecursionError):
        return None


def impersonation(user: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the headers by which a user acts as another (`as`, `as-groups` …), which the client leaves out."""
    if not user.get("as"):
        return ()
    groups = (("Impersonate-Group", str(group)) for group in user.get("as-groups") or ())
    uid = (("Impersonate-Uid", str(user["as-uid"])),) if user.get("as-uid") else ()
    extra = (
        (f"Impersonate-Extra-{key}", str(value))
        for key, values in (user.get("as-user-extra") or {}).items()
        for value in values
    )
    return (("Impersonate-User", str(user["as"])), *groups, *uid, *extra)
