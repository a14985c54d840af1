"""Marks strings for the catalogue that are translated elsewhere."""


def N_(message: str) -> str:  # noqa: N802 - the name by which gettext's tools know it
    """The string itself; it is translated where it is shown."""
    return message
