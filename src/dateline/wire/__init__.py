"""The log: append, sign, prove, serve a tail from a cursor."""
