"""The names of the wire's sectors, one file a language, in the order of `words.sectors`."""
