"""What runbook itself says to people, in each of its languages, as data.

words     the languages, and how a phrase becomes a sentence
"""
