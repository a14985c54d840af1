"""What the person at a terminal is told when a command cannot do what it was asked for."""

import errno


class Refused(Exception):
    """One sentence that says what is wrong and what to do about it. Shown as it is, without a stack trace."""


def explained(error: BaseException) -> Refused | None:
    """A sentence for the failures that a machine has for everybody; None for those that only we can mend."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        where = f" (writing {error.filename})" if error.filename else ""
        return Refused(f"The disk is full{where}: free some space, then try again; nothing that was saved is lost.")
    if isinstance(error, PermissionError) and error.filename:
        return Refused(f"{error.filename} may not be read or written by this user: mend its owner or mode.")
    return None
