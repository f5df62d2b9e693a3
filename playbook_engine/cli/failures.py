"""Every expected failure as one clear message and its exit status, never as a traceback."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from playbook_engine.errors import InvalidInput, RunbookError, UsageError


@contextmanager
def reported() -> Iterator[None]:
    """Turn failures into messages on standard error and the process into its exit status."""
    try:
        yield
    except InvalidInput as error:
        from playbook_engine.cli.streams import show_diagnostics  # noqa: PLC0415  only when something is wrong

        show_diagnostics(error.diagnostics)
        raise SystemExit(int(error.exit_code)) from None
    except UsageError as error:
        hint = f"\n  {error.hint}" if error.hint else ""
        print(f"runbook: {error}{hint}", file=sys.stderr)  # noqa: T201  the command line speaks
        raise SystemExit(int(error.exit_code)) from None
    except RunbookError as error:
        print(f"runbook: {error}", file=sys.stderr)  # noqa: T201  as above
        raise SystemExit(int(error.exit_code)) from None
    except BrokenPipeError:
        # The reader went away (`| head`): nobody is left to write to, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(141) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
