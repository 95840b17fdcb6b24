"""What templates ask of the words."""
