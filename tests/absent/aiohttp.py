"""Stands for a package that a tool of the tests brings: our client of NATS loads it where it is, and no user has it."""

raise ImportError("no service has it where one is installed")
