"""Turn anything filed into a Release, or say why not."""
