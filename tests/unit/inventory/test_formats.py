"""Which format a file is taken for; every row says what Ansible makes of such a file."""

import pytest

from playbook_engine.inventory import formats
from playbook_engine.inventory.formats import Format

YAML, INI, SCRIPT, TOML = Format.YAML, Format.INI, Format.SCRIPT, Format.TOML


@pytest.mark.parametrize(
    ("name", "head", "format_"),
    [
        ("hosts", "all:\n", YAML),
        ("hosts", "---\nall:\n", YAML),
        ("hosts", "# [x]\n\nall: # c\n", YAML),
        ("hosts", "'all':\n", YAML),
        ("hosts", '{"all": {}}', YAML),
        ("hosts", "my-group.v2: {hosts: }\n", YAML),
        ("hosts", "http://x: y\n", YAML),
        ("hosts", "- x\n", YAML),
        ("hosts", "[web]\n", INI),
        ("hosts", "[web] # all: x\n", INI),
        ("hosts", "; all:\n# all:\nweb\n", INI),
        ("hosts", "web\n", INI),
        ("hosts", "web:22\n", INI),
        ("hosts", "web ansible_host=x a='b: c'\n", INI),
        ("hosts", "[::1]:22\n", INI),
        ("hosts", "10.0.0.1\n", INI),
        ("hosts", "", INI),
        ("hosts.ini", "all:\n", INI),
        ("hosts.prod", "web\n", INI),
        ("inventory.cfg", "web\n", INI),
        ("hosts.yml", "all:\n", YAML),
        ("hosts.yaml", "", YAML),
        ("hosts.yml", "---\n", YAML),
        ("hosts.yml", "%YAML 1.1\n---\n", YAML),
        ("hosts.yml", "just words\n", YAML),
        ("hosts.yml", "- web\n", YAML),
        ("hosts.yml", "web: {}\n", YAML),
        ("hosts.yml", "[web]\nx=1\n", INI),
        ("hosts.yml", "[web] # c\n", INI),
        ("hosts.yml", "web-1\nweb-2\n", INI),
        ("hosts.yml", "web[1:3] ansible_port=22\n", INI),
        ("hosts.json", "[1, 2]", YAML),
        ("hosts.json", '{"all": null}', YAML),
        ("hosts.toml", "[web.hosts]\n", TOML),
    ],
)
def test_a_file(name: str, head: str, format_: Format) -> None:
    assert formats.of(name, head.encode(), executable=False) is format_
    assert formats.of(name, b"\xef\xbb\xbf" + head.encode(), executable=False) is format_


@pytest.mark.parametrize(
    ("name", "head", "executable", "format_"),
    [
        ("cloud.py", b"#!/usr/bin/env python3\n", True, SCRIPT),
        ("cloud", b"\x7fELF\x02\x01\x01\x00", True, SCRIPT),
        ("cloud.yml", b"#!/bin/sh\n", True, SCRIPT),
        ("cloud", b"#!/bin/sh\n[web]\n", False, INI),
        ("hosts", b"[web]\n", True, INI),
        ("hosts.yml", b"all:\n", True, YAML),
    ],
)
def test_a_program_is_executable_and_the_system_can_tell_how(
    name: str, head: bytes, executable: bool, format_: Format
) -> None:
    assert formats.of(name, head, executable=executable) is format_
