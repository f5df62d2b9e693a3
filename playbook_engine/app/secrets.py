"""Reads the secrets that a plan names, from where the environment file says they are."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from playbook_engine.diagnostics import Problems
from playbook_engine.model.inventory import Environment, SecretSource
from playbook_engine.values import Secret

MAX_BYTES = 64 * 1024


def read(
    environment: Environment,
    needed: Iterable[str],
    wanted: Iterable[str],
    environ: Mapping[str, str],
    problems: Problems,
) -> dict[str, Secret]:
    """Return the secrets by name.

    One that is needed and not there is an error. One that is only wanted, such as a notice's, is a warning: that
    nobody can be told is no reason not to look.
    """
    needed_names = set(needed)
    found: dict[str, Secret] = {}
    for source in environment.secrets:
        if source.name not in needed_names | set(wanted):
            continue
        try:
            found[source.name] = Secret(source.name, _value(source, environ))
        except (OSError, ValueError) as error:
            message = f"the secret '{source.name}' cannot be read: {_plain(error)}"
            if source.name in needed_names:
                problems.error("missing-secret", message, source.span)
            else:
                hint = "What needs it cannot be done: a notice over its channel, for example."
                problems.warning("missing-secret", message, source.span, hint)
    return found


def _value(source: SecretSource, environ: Mapping[str, str]) -> str:
    if source.env is not None:
        if not environ.get(source.env):
            raise ValueError(f"the environment variable {source.env} is not set")
        return environ[source.env]
    path = Path(source.file or "").expanduser()
    with path.open("rb") as stream:
        data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValueError(f"{path} is larger than {MAX_BYTES} bytes")
    text = data.decode("utf-8").removesuffix("\n").removesuffix("\r")
    if not text:
        raise ValueError(f"{path} is empty")
    return text


def _plain(error: Exception) -> str:
    """Return the reason without the content: a decoding error would quote the secret."""
    if isinstance(error, UnicodeDecodeError):
        return "the file is not UTF-8 text"
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}"
    return str(error)


def channel_secrets(environment: Environment) -> tuple[str, ...]:
    """Return the names of the secrets that the environment's channels need."""
    names = [name for channel in environment.channels for name in (channel.url_secret, channel.signing_secret)]
    return tuple(name for name in names if name)
