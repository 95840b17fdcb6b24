"""A log entry ⇄ bytes, one file per format. Pure: no I/O, no Django."""
