"""``python -m falsework``."""

from falsework.cli import main

main()
