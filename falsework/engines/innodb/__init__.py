"""What MySQL and MariaDB have in common word for word: quoting, types, catalog rows, errors.

Nothing here knows which of the two it serves: where they differ, each package has its own module.
"""
