"""The rules of a room are pure functions: what was asked and what is known go in, events come out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID

from contracts.base import Command, Event
from contracts.values import Role

S = TypeVar("S")


@dataclass(frozen=True)
class Asker:
    """Who asks. `sites` is None when all sites of the customer may be seen."""

    tenant: UUID
    kind: Literal["user", "erp", "room", "operator", "guest"]
    name: str = ""
    user: UUID | None = None
    customer: UUID | None = None
    role: Role | None = None
    sites: frozenset[UUID] | None = None
    email: str = ""

    @property
    def trusted(self) -> bool:
        """Another room, the ERP or the operator: they act for the firm, within the tenant."""
        return self.kind in ("erp", "room", "operator")

    def may_see(self, customer: UUID, site: UUID | None) -> bool:
        """Own customer, and the site is among the user's sites (or the thing has no site)."""
        if self.trusted:
            return True
        return self.customer == customer and (self.sites is None or site is None or site in self.sites)

    def may_order(self) -> bool:
        return self.trusted or self.role in (Role.administrator, Role.orderer)

    def may_administer(self) -> bool:
        return self.trusted or self.role is Role.administrator


@dataclass(frozen=True)
class Asked:
    """The circumstances of a command: who, when, and the documents that it needs of the room's own views."""

    who: Asker
    now: datetime
    facts: Mapping[tuple[str, str], Any] = field(default_factory=dict)

    def fact(self, view: str, key: UUID | str) -> Any:
        """The document of a view, or None."""
        return self.facts.get((view, str(key)))


class Refused(Exception):
    """A command is refused, with a sentence that the customer reads (a msgid; `params` fill its places)."""

    status = 409

    def __init__(self, sentence: str, /, **params: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.params = params

    def __str__(self) -> str:
        return self.sentence % self.params if self.params else self.sentence


class NotAllowed(Refused):
    """The asker may see the thing but not do this with it."""

    status = 403


class NotFound(Refused):
    """There is no such thing, or it is somebody else's: both look the same."""

    status = 404

    def __init__(
        self, sentence: str = "This page does not exist or is not meant for you.", /, **params: object
    ) -> None:
        super().__init__(sentence, **params)


class Invalid(Refused):
    """What was entered cannot be right; `field` names the place in the form."""

    status = 422


@dataclass(frozen=True)
class Decider(Generic[S]):
    """One kind of stream: its commands, its state, its rules.

    `stream` names the stream of a command; `needs` names (view, key) pairs whose documents stand in `asked.facts`.
    """

    name: str
    commands: tuple[type[Command], ...]
    initial: S
    decide: Callable[[Any, S, Asked], Sequence[Event]]
    evolve: Callable[[S, Event], S]
    stream: Callable[[Any], str]
    needs: Callable[[Any], Sequence[tuple[str, UUID | str]]] = lambda command: ()
