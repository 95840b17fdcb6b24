"""Dateline: an open newswire that anyone can run."""
