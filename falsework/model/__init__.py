"""Frozen data: schemas, edits, intents, plans. No I/O, no SQLAlchemy, no vendor names."""
