"""Pages of initiatieven."""
