"""Check, edit, return, approve; correct and withdraw."""
