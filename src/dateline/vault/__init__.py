"""Seal and open what is not released; the keys; who opened what."""
