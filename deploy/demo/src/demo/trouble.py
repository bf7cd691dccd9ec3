"""What keeps the demo data from being loaded, in a sentence."""


class Trouble(Exception):
    """Shown to whoever starts the portal."""
