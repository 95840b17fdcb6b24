"""Pages: issuer, desk, subscriber, public."""
