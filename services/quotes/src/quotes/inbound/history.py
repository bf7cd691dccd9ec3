"""Finds what is new in an answer: without the quoted history, but with answers between quoted lines.

The signature stays: name, telephone and the firm's particulars belong to a business letter (§ 35a GmbHG), and
cutting at a guess would lose text. Lines that only name the device or the mail program go.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from quotes.inbound.quoting import announcement

_KEPT_QUOTES = 5  # quoted lines shown above an answer that was written between them
_RULE = re.compile(r"^[\s_*=–—-]{3,}$")
_DEVICE = re.compile(
    r"^(?:Von meine[mr] .{1,40} gesendet|Von (?:\S+ ){1,4}gesendet|Gesendet (?:von|mit|über) .{2,80}"
    r"|Sent (?:from|with|via) .{2,80}|Get Outlook for .{2,80}|Outlook für .{2,60}|Holen Sie sich Outlook .{2,60}"
    r"|Diese Nachricht wurde von mein.{2,100} gesendet)\.?$",
    re.IGNORECASE,
)


@dataclass
class _Run:
    quoted: bool
    lines: list[str]


def new_text(text: str) -> str:
    """What the writer added; empty if there is nothing but history."""
    lines = text.split("\n")
    found = announcement(lines)
    if found is None:
        return _ending(_between([], lines))
    above = lines[: found.first]
    if any(line.startswith(">") for line in above):
        return _ending(_between([], above))
    if not found.marks_quotes:
        return _ending(above)
    below = lines[found.body :]
    older = announcement(below)
    return _ending(_between(above, below[: older.first] if older else below))


def _between(above: list[str], lines: list[str]) -> list[str]:
    """The lines without a quoted history before or after them; answers between the quotes keep their question."""
    runs = _runs(lines)
    while runs and (runs[-1].quoted or (_has_text(above) and runs[-1].lines[0].rstrip() == "--")):
        runs.pop()
    begins_quoted = bool(runs) and runs[0].quoted
    if not _has_text(above) and begins_quoted and len(runs) == 2:
        return runs[1].lines
    kept = list(above)
    for run in runs:
        kept += ["", *_shortened(run.lines), ""] if run.quoted else run.lines
    return kept


def _runs(lines: list[str]) -> list[_Run]:
    """Quoted and new lines in turn; empty lines count to what is before them."""
    runs: list[_Run] = []
    for line in lines:
        quoted = line.startswith(">")
        if not line.strip():
            if runs:
                runs[-1].lines.append("")
        elif runs and runs[-1].quoted == quoted:
            runs[-1].lines.append(line)
        else:
            runs.append(_Run(quoted, [line]))
    return runs


def _shortened(quotes: list[str]) -> list[str]:
    lines = [line for line in quotes if line.strip("> ")]
    return lines if len(lines) <= _KEPT_QUOTES else ["> […]", *lines[-_KEPT_QUOTES:]]


def _ending(lines: list[str]) -> str:
    """Without rules and lines of the device at the end."""
    kept = [line.rstrip() for line in lines]
    while kept and (not kept[-1] or _RULE.match(kept[-1]) or _DEVICE.match(kept[-1][:120])):
        kept.pop()
    return re.sub(r"\n{4,}", "\n\n\n", "\n".join(kept)).strip("\n")


def _has_text(lines: list[str]) -> bool:
    return any(line.strip() for line in lines)
