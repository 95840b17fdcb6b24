"""The ledger of what is owed to whom, and the channels that it goes out by."""
