"""One release, many languages: which renditions are owed, ready, waived, or may follow."""
