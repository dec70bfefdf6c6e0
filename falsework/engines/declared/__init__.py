"""SQLAlchemy models as the picture of the schema they ask for, and what they intend."""

from falsework.engines.declared.load import load_models
from falsework.engines.declared.picture import declared, written
from falsework.engines.declared.reading import speller

__all__ = ["declared", "load_models", "speller", "written"]
