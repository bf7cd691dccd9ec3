"""Commands are asked and may be refused; events happened and cannot be."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict


class Body(BaseModel):
    """What an event or a command says. Who, when and for which tenant stand in the envelope."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    room: ClassVar[str] = ""
    public: ClassVar[bool] = False
    registry: ClassVar[dict[str, type[Any]]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "registry" in cls.__dict__:
            return
        package, *within = cls.__module__.split(".")
        cls.public = package == "contracts"
        cls.room = {"erp": "erp-bridge"}.get(within[0], within[0]) if cls.public else package.replace("_", "-")
        known = cls.registry.setdefault(cls.__name__, cls)
        if known.__module__ != cls.__module__:
            raise TypeError(f"{cls.__name__} is defined in {known.__module__} and again in {cls.__module__}")

    @classmethod
    def read(cls, data: bytes | str) -> Self:
        """Reads a stored or published body; unknown fields of a newer writer are ignored."""
        found: Self = cls.__pydantic_validator__.validate_json(data, extra="ignore")
        return found


class Event(Body):
    """Something that happened. Defined in `contracts` it is public, inside a room it never leaves it."""

    registry: ClassVar[dict[str, type[Event]]] = {}

    def upcast(self) -> Event:
        """A retired event says here which event takes its place."""
        return self

    @classmethod
    def recorded(cls, kind: str, data: bytes | str) -> Event:
        """What the log holds under the name of a class, as its successor of today. KeyError for an unknown name."""
        event = cls.registry[kind].read(data)
        while (later := event.upcast()) is not event:
            event = later
        return event


class Command(Body):
    """Something asked of a room; may be refused."""

    registry: ClassVar[dict[str, type[Command]]] = {}
