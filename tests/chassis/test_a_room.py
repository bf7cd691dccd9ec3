"""A command goes in by HTTP, its event reaches the views of another room by Kafka."""

from uuid import UUID, uuid4

import pytest
from chassis.decider import Asker, Refused
from chassis.room import Room, opened
from trying import SAYING, record, seen


async def test_a_command_becomes_an_event_and_the_event_a_document(surroundings, operator: Asker, tenant: UUID) -> None:
    view = seen()
    looking = Room("gateway", views=[view])
    async with opened(SAYING, await surroundings.settings("catalog")):
        async with opened(looking, await surroundings.settings("gateway")) as looker:
            thing = uuid4()
            for name in ("first", "second"):
                answer = await looker.ask(record(thing, name), operator)
            assert (answer.room, answer.version) == ("catalog", 2)
            assert answer.partition is not None
            assert answer.number is not None
            assert await looker.reached("catalog", answer.partition, answer.number, within=20)
            found = await looker.rows.get(view, tenant, thing)
            assert found is not None
            assert found.names == ["first", "second"]
            with pytest.raises(Refused, match="The waste type 1 is not wanted"):
                await looker.ask(record(thing, "refuse me"), operator)
