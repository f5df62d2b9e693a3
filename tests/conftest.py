"""The language is English, and signals are as they usually are.

Who starts the tests in the background has them ignore two, and children inherit that.
"""

import os
import signal

os.environ["LC_ALL"] = "C.UTF-8"
os.environ.pop("RUNBOOK_LANG", None)

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGQUIT) is signal.SIG_IGN:
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)
