"""Many who ask for the same at the same time are answered together: while one round works, the next one fills."""

from __future__ import annotations

import asyncio
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
        self._waiting: dict[K, list[tuple[Q, asyncio.Future[A]]]] = {}
        self._rounds: set[asyncio.Task[None]] = set()

    async def ask(self, key: K, question: Q) -> A:
        answer: asyncio.Future[A] = asyncio.get_running_loop().create_future()
        if key in self._waiting:
            self._waiting[key].append((question, answer))
        else:
            self._waiting[key] = [(question, answer)]
            task = asyncio.create_task(self._until_nobody_waits(key))
            self._rounds.add(task)
            task.add_done_callback(self._rounds.discard)
        return await answer

    async def _until_nobody_waits(self, key: K) -> None:
        try:
            while asked := self._waiting[key]:
                self._waiting[key] = []
                answers = await self._answers(key, [question for question, _ in asked])
                for (_, future), answer in zip(asked, answers, strict=True):
                    if future.done():
                        continue
                    if isinstance(answer, Exception):
                        future.set_exception(answer)
                    else:
                        future.set_result(answer)
        finally:
            for _, future in self._waiting.pop(key):
                future.cancel()

    async def _answers(self, key: K, questions: Sequence[Q]) -> Sequence[A | Exception]:
        try:
            return await self._work(key, questions)
        except Exception as error:
            if isinstance(error, TRANSIENT) or len(questions) == 1:
                return [error] * len(questions)
        return [answer for one in questions for answer in await self._answers(key, [one])]
