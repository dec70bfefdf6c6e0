import pytest
from sqlalchemy.engine import make_url

from falsework.engines.redaction import has_secret, masked, redact, secrets_of

CANARY = "s3cr@t/&: x"
ENCODED = "s3cr%40t%2F%26%3A%20x"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (f"postgresql://me:{ENCODED}@host/db", "postgresql://me:***@host/db"),
        (f"postgresql:///db?password={ENCODED}", "postgresql:///db?password=***"),
        (f"postgresql:///db?sslpassword={ENCODED}", "postgresql:///db?sslpassword=***"),
        ("postgresql://me@host/db?sslmode=require", "postgresql://me@host/db?sslmode=require"),
        ("sqlite:///file.db", "sqlite:///file.db"),
        ("env:DATABASE_URL", "env:DATABASE_URL"),
        ("file:/etc/app/url", "file:/etc/app/url"),
        ("python:app.db:engine", "python:app.db:engine"),
        ("postgresql://me:a@b:c@host:port/db", "postgresql://me:***@host:port/db"),
    ],
)
def test_shown_urls_hold_no_password(url: str, shown: str) -> None:
    """A URL may be shown once its password and the secrets among its parameters are gone."""
    assert masked(url) == shown


@pytest.mark.parametrize("url", ["postgresql://me:{}@host/db", "postgresql:///db?password={}"])
@pytest.mark.parametrize("text", [CANARY, ENCODED])
def test_secrets_go_from_any_text(url: str, text: str) -> None:
    """Drivers quote what they were given, as written or as decoded."""
    secrets = secrets_of(make_url(url.format(ENCODED)))

    assert redact(f"could not use '{text}' at all", secrets) == "could not use '***' at all"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("invalid dsn: host=h password=tiger user=u", "invalid dsn: host=h password=*** user=u"),
        ("password='ti ger' user=u", "password=*** user=u"),
        ("cannot open postgresql://u:ti@ger@h/d now", "cannot open postgresql://u:***@h/d now"),
        ("see https://example.org/a:b", "see https://example.org/a:b"),
        ('password authentication failed for user "u"',) * 2,
    ],
)
def test_what_looks_like_a_password_goes(text: str, shown: str) -> None:
    """Texts from code we do not know may hold secrets we were never told."""
    assert redact(text) == shown


@pytest.mark.parametrize(
    ("url", "has"),
    [
        ("postgresql://me:x@host/db", True),
        ("postgresql:///db?password=x", True),
        ("postgresql://me:a@b:c@host:port/db", True),
        ("postgresql://me@host/db", False),
        ("env:PASSWORD", False),
        ("file:/run/password=x", False),
    ],
)
def test_urls_that_hold_a_secret(url: str, has: bool) -> None:
    """Only a secret in the URL itself counts, not a reference to where one lies."""
    assert has_secret(url) is has
