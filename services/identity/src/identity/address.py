"""An e-mail address is checked before anybody writes to it; it is not asked whether the mailbox exists."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email


def checked(address: str) -> str | None:
    """The address in small letters and as it can be written into a mail, or None if there can be no such address."""
    try:
        found = validate_email(address.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return None
    # Without SMTPUTF8 there is always a form in ASCII; a domain with umlauts is written as xn--….
    return (found.ascii_email or found.normalized).lower()
