"""Measures against the budgets: `python -m bench`, or `make bench`.

Figures are medians of several runs on the machine at hand; a benchmark is never a test.
"""
