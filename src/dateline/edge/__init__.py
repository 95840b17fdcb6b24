"""Live streams to connected desktops. Needs no database: only a tail of the log."""
