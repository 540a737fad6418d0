"""What comes of a run for people: pages, tables, the terminal."""
