"""The ways to tell people; each sends one notice once and says what came of it.

webhook   a POST of JSON to any receiver, signed when a signing secret is configured
slack     an incoming webhook of Slack
post      the HTTP request behind both, and what its answer means
delivery  the answer of a channel: delivered, try again, or no use
registry  the kinds of channels by name
"""
