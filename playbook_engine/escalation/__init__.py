"""Telling people: at least once, never silently zero.

notice    what someone is told, made from the facts of a run
key       the name by which a receiver recognises a notice that it got before
deliver   a contact's channels in order, with retries within a budget
channels/ one module for each way to tell people
"""
