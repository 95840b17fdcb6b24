"""Accounts, organisations, roles and tokens; who may do what."""
