"""From data to what a person or a program reads: pure functions, no database, no terminal."""
