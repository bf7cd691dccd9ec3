"""Many who ask for the same at the same time are answered together: while one round works, the next one fills."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Generic, TypeVar

from chassis.backoff import TRANSIENT

K = TypeVar("K", bound=Hashable)
Q = TypeVar("Q")
A = TypeVar("A")


class Together(Generic[K, Q, A]):
    """`work` gets all questions of one key that came while it was busy, in their order, and answers or refuses each.

    A fault that will not pass by itself hits nobody but who caused it: then each question has a round of its own.
    """

    def __init__(self, work: Callable[[K, Sequence[Q]], Awaitable[Sequence[A | Exception]]]) -> None:
        self._work = work
        self._waiting: defaultdict[K, list[tuple[Q, asyncio.Future[A]]]] = defaultdict(list)
        self._rounds: dict[K, asyncio.Task[None]] = {}

    async def ask(self, key: K, question: Q, patience: float = 0.0) -> A:
        """`patience`: for so many seconds it begins no round of its own, in the hope of going with another."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[A] = loop.create_future()
        self._waiting[key].append((question, answer))
        if patience:
            loop.call_later(patience, self._begin, key)
        else:
            self._begin(key)
        return await answer

    def _begin(self, key: K) -> None:
        if key in self._waiting and key not in self._rounds:
            self._rounds[key] = asyncio.create_task(self._until_nobody_waits(key))

    async def _until_nobody_waits(self, key: K) -> None:
        asked: list[tuple[Q, asyncio.Future[A]]] = []
        try:
            while key in self._waiting:
                asked = self._waiting.pop(key)
                answers = await self._answers(key, [question for question, _ in asked])
                for (_, future), answer in zip(asked, answers, strict=True):
                    if future.done():
                        continue
                    if isinstance(answer, Exception):
                        future.set_exception(answer)
                    else:
                        future.set_result(answer)
        finally:
            del self._rounds[key]
            for _, future in (*asked, *self._waiting.pop(key, ())):
                future.cancel()

    async def _answers(self, key: K, questions: Sequence[Q]) -> Sequence[A | Exception]:
        try:
            return await self._work(key, questions)
        except Exception as error:
            if isinstance(error, TRANSIENT) or len(questions) == 1:
                return [error] * len(questions)
        return [answer for one in questions for answer in await self._answers(key, [one])]
