"""Upgrade a database's schema while the application keeps running."""

__version__ = "0.1.0"
