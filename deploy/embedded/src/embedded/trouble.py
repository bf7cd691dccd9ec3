"""Whatever keeps the portal from starting is told in one sentence that names the remedy."""

import errno
from pathlib import Path


class Trouble(Exception):
    """One sentence for the person at the terminal: what is wrong, and what to do about it."""


def of_the_disk(error: OSError, folder: Path) -> Trouble | None:
    """The sentence for a folder that cannot be written, or None when the error is of another kind."""
    where = error.filename or folder
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return Trouble(f"{where} cannot be written: give this user the right to, or clone into another folder.")
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Trouble(f"The disk that holds {where} is full: free about 2 GB and start again.")
    return None
