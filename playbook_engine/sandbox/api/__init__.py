"""The GymBro-like API of the demo, run as a process of its own: `python -m playbook_engine.sandbox.api`.

It is configured by environment variables alone; `settings` lists them.

settings      the environment variables, read once
log           lines for people and for grep, each with its time and level
limits        slots that are taken or waited for, and a rate for each user
fallback      what was good last, for the time in which nobody gives anything fresh
upstream      calls of other services, with a timeout and a circuit breaker
supabase      the database behind PostgREST: conversations and analytics
assistant     messages, answered by the AI
hoard         a cache without a bound, for the fault that is one
endpoints     which path does what
program       the process: from its settings to its end
launch        the process as a host starts it: with the app's `.env`, which has to be complete
"""
