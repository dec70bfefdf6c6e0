from datetime import timedelta
from pathlib import Path

import pytest

from falsework.config import SETTINGS, Config, effective
from falsework.config.values import duration
from falsework.errors import ConfigError, UsageError

CANARY = "s3cret"


def write(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    return folder


def test_defaults(tmp_path: Path) -> None:
    """With nothing said anywhere, every value is the default, and says so."""
    found = effective(environ={}, start=tmp_path)

    assert found.config == Config()
    assert {value.origin for value in found.values} == {"default"}
    assert [value.setting for value in found.values] == list(SETTINGS)
    assert (found.config.direct_seconds, found.config.lock_try_ms) == (0.05, 50)
    assert found.config.lock_budget is None, "the engine's own"


def test_option_wins_over_environment_wins_over_file(tmp_path: Path) -> None:
    """Three places say the same settings; each value tells where it came from."""
    text = '[tool.falsework]\nlock_budget = 1\nchunk_seconds = "2s"\nconnect_seconds = 3\n'
    write(tmp_path, "pyproject.toml", text)
    environ = {"FALSEWORK_CHUNK_SECONDS": "20", "FALSEWORK_CONNECT_SECONDS": "30s", "OTHER": "x"}
    found = effective({"connect_seconds": 300.0, "schema": None}, environ=environ, start=tmp_path)
    origin = {value.setting.name: value.origin for value in found.values}

    assert found.config == Config(lock_budget=1.0, chunk_seconds=20.0, connect_seconds=300.0)
    assert origin["lock_budget"] == f"{tmp_path}/pyproject.toml: tool.falsework.lock_budget"
    assert origin["chunk_seconds"] == "environment FALSEWORK_CHUNK_SECONDS"
    assert origin["connect_seconds"] == "option --connect-seconds"
    assert origin["schema"] == "default"


def test_the_nearest_file_counts(tmp_path: Path) -> None:
    """A file of ours wins over pyproject.toml beside it; a pyproject.toml of others is passed."""
    write(tmp_path, "falsework.toml", 'release = "top"')
    write(tmp_path, "pyproject.toml", '[tool.falsework]\nrelease = "beside"')
    inner = write(tmp_path / "a" / "b", "pyproject.toml", "[tool.other]\nrelease = 1")
    below = write(tmp_path / "c", "pyproject.toml", '[tool.falsework]\nrelease = "below"')

    assert effective(environ={}, start=inner).config.release == "top"
    assert effective(environ={}, start=below).config.release == "below"


def test_lists_and_empty_variables(tmp_path: Path) -> None:
    """Models are a list in a file, commas in a variable; an empty variable says nothing."""
    write(tmp_path, "falsework.toml", 'models = ["a:m", "b:m"]\nrelease = "1"')
    environ = {"FALSEWORK_RELEASE": " "}

    assert effective(environ=environ, start=tmp_path).config.models == ("a:m", "b:m")
    assert effective(environ=environ, start=tmp_path).config.release == "1"
    environ = {"FALSEWORK_MODELS": "c:m, d:m"}
    assert effective(environ=environ, start=tmp_path).config.models == ("c:m", "d:m")
    found = effective({"models": ("e:m",)}, environ=environ, start=tmp_path)
    assert found.config.models == ("e:m",)
    assert effective({"models": ()}, environ={}, start=tmp_path).config.models == ("a:m", "b:m")


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        (7, 7.0),
        (0.5, 0.5),
        ("7", 7.0),
        ("0.5s", 0.5),
        ("50ms", 0.05),
        ("30m", 1800.0),
        ("2h", 7200.0),
        ("1h30m", 5400.0),
        ("90d", 7_776_000.0),
    ],
)
def test_durations(written: object, seconds: float) -> None:
    """Numbers are seconds, texts may have units."""
    assert duration(written) == pytest.approx(seconds)


@pytest.mark.parametrize("written", [0, -1, True, None, "", "x", "2 h", "1y", "h", "-1s", "inf"])
def test_no_durations(written: object) -> None:
    """Everything else is refused with what a duration looks like."""
    with pytest.raises(ValueError, match="duration"):
        duration(written)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("lock-budget = 1", "write lock_budget"),
        ("lock_budgt = 1", "write lock_budget"),
        ("zzz = 1", "the settings are url, models"),
        ("lock_budget = true", "a duration"),
        ("lock_try_ms = 0.5", "a whole number above 0"),
        ("max_rows = -1", "a whole number above 0"),
        ("models = []", "a list of texts"),
        ("models = [1]", "a text that is not empty"),
        ("soft_delete = 1", "write tables"),
        ("soft_delete.instances = 1", r"a table \[soft_delete.instances\]"),
        ('soft_delete.instances.after = "soon"', "as after of soft_delete.instances"),
        ('soft_delete.instances.column = ""', "the name is a string"),
        ('soft_delete.instances.colum = "x"', "unexpected keyword argument 'colum'"),
        ("schema = 3", "a text that is not empty"),
        ("url = [", "the file cannot be read"),
        (f'url = ["postgresql://u:{CANARY}@h/d"]', "a text that is not empty"),
    ],
)
def test_mistakes_in_a_file(tmp_path: Path, text: str, says: str) -> None:
    """Unknown keys and wrong kinds are refused with the file, the key and what to write."""
    write(tmp_path, "falsework.toml", text)

    with pytest.raises(ConfigError, match=says) as caught:
        effective(environ={}, start=tmp_path)

    assert "falsework.toml" in str(caught.value)
    assert CANARY not in str(caught.value)


def test_mistakes_in_the_environment(tmp_path: Path) -> None:
    """A slip in a variable's name is found; variables of other programs are not ours to judge."""
    with pytest.raises(ConfigError, match="write FALSEWORK_LOCK_BUDGET"):
        effective(environ={"FALSEWORK_LOCK_BUDGT": "1"}, start=tmp_path)
    with pytest.raises(ConfigError, match="environment FALSEWORK_MAX_ROWS"):
        effective(environ={"FALSEWORK_MAX_ROWS": "many"}, start=tmp_path)
    effective(environ={"FALSEWORK_TEST_POSTGRESQL18_URL": "x"}, start=tmp_path)


def test_soft_deletes(tmp_path: Path) -> None:
    """A table of the file for each table of the database, with the words of the declaration."""
    text = '[soft_delete.instances]\ncolumn = "deleted"\nafter = "90d"\nidle = "task IS NULL"\n'
    write(tmp_path, "falsework.toml", f'{text}[soft_delete."public.volumes"]\nat = "gone_at"\n')
    found = effective(environ={}, start=tmp_path)

    assert [name for name, _ in found.config.soft_delete] == ["instances", "public.volumes"]
    first = dict(found.config.soft_delete)["instances"]
    assert (first.column, first.at, first.after) == ("deleted", "deleted_at", timedelta(days=90))
    assert found.values[-1].shown == "instances, public.volumes"


@pytest.mark.parametrize("name", ["url", "scratch_url"])
def test_no_password_on_the_command_line(tmp_path: Path, name: str) -> None:
    """Others can read the list of processes: the alternative is named, the password is not."""
    url = f"postgresql://me:{CANARY}@host/db"
    with pytest.raises(UsageError, match="env:DATABASE_URL") as caught:
        effective({name: url}, environ={}, start=tmp_path)

    assert CANARY not in str(caught.value)
    assert effective({"url": "env:X"}, environ={}, start=tmp_path).config.url == "env:X"


@pytest.mark.parametrize("name", ["url", "scratch_url"])
def test_secrets_are_masked(tmp_path: Path, name: str) -> None:
    """A file or a variable may hold the password; what is shown does not."""
    url = f"postgresql://me:{CANARY}@host/db?sslpassword={CANARY}"
    found = effective(environ={f"FALSEWORK_{name.upper()}": url}, start=tmp_path)

    assert getattr(found.config, name) == url
    assert CANARY not in repr(found)
    (shown,) = (value.shown for value in found.values if value.setting.name == name)
    assert "postgresql://me:***@host/db" in shown


def test_every_setting_is_explained() -> None:
    """Help, documentation and `falsework config` are made from these texts."""
    assert all(s.help and not s.help.endswith(".") for s in SETTINGS)
    assert {s.option for s in SETTINGS} >= {"--url", "--lock-budget"}
