"""What the measured programs run; each is a program of its own and imports nothing of ours."""
