"""Pages and answers about areas that need no other app."""
