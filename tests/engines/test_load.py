"""Models by name: what can be named, and what is said of everything else."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from sqlalchemy import MetaData

from falsework.demo import release_a, release_b
from falsework.engines.declared import load_models
from falsework.errors import ConfigError

CANARY = "s3cret"
MODELS = """
from sqlalchemy import Column, Integer, MetaData, Table
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

metadata = MetaData()
Table("plain", metadata, Column("id", Integer, primary_key=True))
empty = MetaData()

class Base(DeclarativeBase):
    pass

class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)

class settings:
    metadata = metadata

def make():
    return metadata

def make_base():
    return Base

def fail():
    raise RuntimeError("several lines\\nthe last one of postgresql://u:s3cret@h/d")

number = 7
"""


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A module ``own_models`` in the working directory, which is on no path yet."""
    (tmp_path / "own_models.py").write_text(MODELS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", [p for p in sys.path if p])
    monkeypatch.delitem(sys.modules, "own_models", raising=False)
    return tmp_path


@pytest.mark.usefixtures("models")
@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("metadata", "plain"),
        ("Base", "users"),
        ("Base.metadata", "users"),
        ("Base.registry", "users"),
        ("User", "users"),
        ("settings", "plain"),
        ("make", "plain"),
        ("make_base", "users"),
    ],
)
def test_what_can_be_named(name: str, table: str) -> None:
    """MetaData, classes that have one, callables that return either; from the working directory."""
    (metadata,) = load_models(f"own_models:{name}")

    assert isinstance(metadata, MetaData)
    assert table in metadata.tables


def test_several_models() -> None:
    """In the order in which they are named."""
    names = ("falsework.demo.release_a:metadata", "falsework.demo.release_b:metadata")

    assert load_models(names) == (release_a.metadata, release_b.metadata)


@pytest.mark.usefixtures("models")
@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("own_models:number", "is no MetaData[^$]*an object of int"),
        ("own_models:Path", "no Path in own_models[^$]*it has .*metadata"),
        ("own_models:empty", "has no tables"),
        ("own_models:fail", "the call failed[^$]*the last one"),
        ("own_models", "write package.module:name"),
        (":metadata", "write package.module:name"),
        ("no_such_module:metadata", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("own_models.inner:metadata", "'own_models' is not a package"),
        ("builtins:dict", "is no MetaData[^$]*the class dict"),
    ],
)
def test_what_cannot_be_named(path: str, says: str) -> None:
    """Each is a matter of configuration: what it is, why it will not do, what to write."""
    with pytest.raises(ConfigError, match=says) as caught:
        load_models(path)

    assert path.partition(":")[0] in str(caught.value)
    assert caught.value.do
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("import no_such_driver", "ModuleNotFoundError: No module named 'no_such_driver'"),
        ("def f(:", "SyntaxError"),
        ("raise SystemExit(3)", "SystemExit"),
        ("raise RuntimeError('cannot connect to postgresql://u:s3cret@h/d')", "RuntimeError"),
        ("1/0", "ZeroDivisionError: division by zero"),
        ("from falsework.declare import fill\nfill(0)", "TypeError: fill: 0 is a Python value"),
    ],
)
def test_modules_that_do_not_import(models: Path, text: str, says: str) -> None:
    """The last line of the error is the reason; a stack trace would hide it, and show too much."""
    (models / "own_models.py").write_text(text)
    with pytest.raises(ConfigError, match=says) as caught:
        load_models("own_models:metadata")

    assert "Traceback" not in str(caught.value)
    assert CANARY not in str(caught.value)


def test_no_models() -> None:
    """Nothing named is not the same as nothing wanted."""
    with pytest.raises(ConfigError, match="no models are named"):
        load_models(())


@pytest.mark.parametrize("path", ["own/models.py:metadata", "./own/models.py:metadata"])
def test_path_of_a_file_is_told_from_a_module(path: str) -> None:
    """People write the file first; they are told the module's name."""
    with pytest.raises(ConfigError) as caught:
        load_models((path,))
    assert "own.models" in caught.value.do
