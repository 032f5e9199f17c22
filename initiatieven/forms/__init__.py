"""What people fill in about initiatieven."""
