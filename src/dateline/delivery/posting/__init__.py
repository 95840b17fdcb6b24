"""Posting one body to thousands of web servers, over kept connections."""
