"""`python -m playbook_engine.sandbox.api`."""

import os
import sys

from playbook_engine.sandbox.api.program import main

if __name__ == "__main__":
    sys.exit(main(os.environ))
