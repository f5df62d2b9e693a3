"""The loopback servers, for all tests of this folder."""

from loopback_http import serve

__all__ = ["serve"]
