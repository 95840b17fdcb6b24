"""What happened, read from the ledger."""
