"""Mail: what it looks like, who signs it, and how it gets to the servers that take it."""
