"""The time of day as the stack's servers write it, in UTC and in whole seconds."""

import time


def log_time() -> str:
    """Return the time as log lines carry it: `2026-11-23 14:30:15`."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())


def object_time() -> str:
    """Return the time as Kubernetes objects and notices carry it: `2026-11-23T14:30:15Z`."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
