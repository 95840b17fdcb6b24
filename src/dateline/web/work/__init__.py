"""Working pages: issuer, desk, subscriber, operator."""
