"""What was read of the views is remembered as long as nothing has changed that it tells of."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis.rows import Found, Question, Read, Rows

MOST = 20_000
"""Documents in all answers together, an empty answer counted as one."""


class Memory:
    """Answers of this process, each with the mark at which it was true. What was asked for longest ago goes first."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._held = 0
        self._known: OrderedDict[Any, tuple[UUID, Found]] = OrderedDict()

    def recall(self, asked: Any, mark: UUID) -> Found | None:
        """None as well for what was true at another mark."""
        known = self._known.get(asked)
        if known is None or known[0] != mark:
            return None
        self._known.move_to_end(asked)
        return known[1]

    def keep(self, asked: Any, mark: UUID, found: Found) -> None:
        if before := self._known.pop(asked, None):
            self._held -= _size(before[1])
        self._known[asked] = (mark, found)
        self._held += _size(found)
        while self._held > self._most:
            self._held -= _size(self._known.popitem(last=False)[1][1])


def _size(found: Found) -> int:
    return 1 + len(found.docs)


@dataclass(frozen=True)
class Marks:
    """Those of a tenant and of one of its customers, as they were when somebody came; None where there is none."""

    tenant: UUID
    firm: UUID | None = None
    customer: UUID | None = None
    mine: UUID | None = None


class Remembered(Rows):
    """Rows for one visitor. He is told at least what was true when his marks were read, however long ago it was read:
    what is newer has other marks. What no mark covers comes from the database."""

    def __init__(self, rows: Rows, memory: Memory, marks: Marks) -> None:
        super().__init__(rows._pool)
        self._memory = memory
        self._marks = marks

    async def _answer(self, asked: Question, read: Read) -> Found:
        mark = self._mark(asked)
        if mark is None:
            return await super()._answer(asked, read)
        found = self._memory.recall((read, asked), mark)
        if found is None:
            found = await super()._answer(asked, read)
            if self._covers(asked, found):
                self._memory.keep((read, asked), mark, found)
        return found

    def _mark(self, asked: Question) -> UUID | None:
        marks = self._marks
        if asked.tenant != marks.tenant:
            return None
        if asked.view.customer is None:
            return marks.firm
        return marks.mine if asked.keys is not None or asked.customer == marks.customer else None

    def _covers(self, asked: Question, found: Found) -> bool:
        """Whose a document is, its key does not say: somebody else's, and one that is not there, has another mark."""
        of = asked.view.customer
        if asked.keys is None or of is None:
            return True
        return all(doc is not None and of(doc) == self._marks.customer for doc in found.docs)
