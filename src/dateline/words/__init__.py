"""What everyone here talks about: the trade's values and rules. No I/O and no Django."""
