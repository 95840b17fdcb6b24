"""The install: its home, settings, addresses and processes."""
