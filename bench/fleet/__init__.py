"""Measures `runbook` and its peers side by side on one fleet of real servers: `python -m bench fleet`."""
