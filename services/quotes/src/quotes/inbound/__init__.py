"""How the mails of a quote conversation are written, understood and brought back to it."""
