"""SQLAlchemy models as the picture of the schema they ask for, and what they intend."""

from falsework.engines.declared.load import load_models
from falsework.engines.declared.picture import declared, schemas_of, written
from falsework.engines.declared.reading import speller

__all__ = ["declared", "load_models", "schemas_of", "speller", "written"]
