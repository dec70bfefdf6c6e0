"""Data to try upgrades on: what releases say to a database, and later donated rows."""
