"""The passwords of `ansible-vault`, from files and from programs that print them."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from playbook_engine.errors import UsageError
from playbook_engine.inventory.reading import Programs, RunnerFor
from playbook_engine.inventory.vault import Password, Unlock
from playbook_engine.model.sources import VaultId

VARIABLE = "ANSIBLE_VAULT_PASSWORD_FILE"
_MAX_BYTES = 64 * 1024


def ids(files: Sequence[str], labelled: Sequence[str], environ: Mapping[str, str]) -> tuple[VaultId, ...]:
    """Return the password files of `--vault-password-file`, `--vault-id` and the environment variable.

    Raises:
        UsageError: a password would have to be asked for.
    """
    found = [VaultId(None, _path(file)) for file in files]
    found += [_id(text) for text in labelled]
    if environ.get(VARIABLE):
        found.append(VaultId(None, _path(environ[VARIABLE])))
    return tuple(dict.fromkeys(found))


def unlock(vault: Sequence[VaultId], runner: RunnerFor) -> Unlock:
    """Return what reads the passwords, once an encrypted text is met."""

    def read() -> tuple[Password, ...]:
        programs = runner(frozenset())
        return tuple(_password(each, programs) for each in vault)

    return read


def _id(text: str) -> VaultId:
    label, at, file = text.rpartition("@")
    if not at:
        label, file = "", text
    if file == "prompt" or file.startswith("prompt_"):
        raise UsageError(f"--vault-id {text}: passwords are not asked for", "Give a file: --vault-id LABEL@FILE.")
    if not file:
        raise UsageError(f"--vault-id {text}: expected LABEL@FILE")
    return VaultId(label or None, _path(file))


def _path(text: str) -> Path:
    return Path(text).expanduser()


def _password(vault: VaultId, programs: Programs) -> Password:
    """Read one password; ValueError says what is wrong with it, but nothing of it."""
    from playbook_engine.inventory.process import ProgramFault  # noqa: PLC0415  most inventories have no vault

    try:
        data = _printed(vault, programs) if os.access(vault.file, os.X_OK) else _content(vault.file)
    except OSError as error:
        raise ValueError(f"the vault password file {vault.file} cannot be read: {error.strerror}") from None
    except ProgramFault as fault:
        hint = f" {fault.hint}" if fault.hint else ""
        raise ValueError(f"the vault password program {vault.file} is of no use: {fault.message}.{hint}") from None
    if not data.strip():
        raise ValueError(f"the vault password file {vault.file} gives an empty password")
    return Password(vault.label, str(vault.file), data.strip())


def _content(file: Path) -> bytes:
    if not file.is_file() and file.exists():
        raise ValueError(f"the vault password file {file} is not a regular file")
    with file.open("rb") as opened:
        data = opened.read(_MAX_BYTES + 1)
    if len(data) > _MAX_BYTES:
        raise ValueError(f"the vault password file {file} is larger than 64 KiB: is it the right file?")
    return data


def _printed(vault: VaultId, programs: Programs) -> bytes:
    """Run a program that prints the password; as in Ansible, one called `…-client` is told for which label."""
    client = vault.file.stem.endswith("-client") and vault.label is not None
    arguments = ("--vault-id", str(vault.label)) if client else ()
    return programs.run((str(vault.file.absolute()), *arguments))
