"""The invented wire of the demo."""
