"""A command goes in by HTTP, its event reaches the views of another room by Kafka."""

from uuid import UUID, uuid4

import pytest
from chassis.decider import Asker, Refused
from chassis.room import Room, opened
from chassis.settings import Settings
from chassis.store import Cause
from embedded.ports import any_free
from litestar import get
from pydantic import ValidationError
from trying import SAYING, record, seen
from yarl import URL


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


async def test_behind_the_public_door_is_only_what_the_room_itself_offers(surroundings) -> None:
    @get("/offered")
    async def offered() -> str:
        return "yes"

    settings = await surroundings.settings("catalog")
    outside = any_free()
    facing = settings.model_copy(update={"public_port": outside})
    async with opened(Room("catalog", routes=[offered]), facing) as ctx:

        async def status(port: int, path: str) -> int:
            async with ctx.session.get(URL(f"http://127.0.0.1:{port}{path}", encoded=True)) as answer:
                return answer.status

        for path in ("/metrics", "/health/live", "/health/ready", "/feed/heads"):
            assert await status(settings.port, path) in (200, 401)
            for way in (path, f"{path}/", f"/{path}", f"/%{ord(path[1]):x}{path[2:]}"):
                assert await status(outside, way) == 404, way
        async with ctx.session.post(f"http://127.0.0.1:{outside}/commands/RecordWasteType") as answer:
            assert answer.status == 404
        assert (await status(settings.port, "/offered"), await status(outside, "/offered")) == (200, 200)


async def test_what_was_rolled_back_is_not_remembered(surroundings, operator: Asker, tenant: UUID) -> None:
    async with opened(SAYING, await surroundings.settings("catalog")) as ctx:
        thing = uuid4()
        async with ctx.pool.connection() as conn, conn.transaction(force_rollback=True):
            for name in ("first", "second"):
                async with conn.transaction():
                    await ctx.decisions.decide_all(conn, [(record(thing, name), operator, Cause(), {})])
        assert (await ctx.execute(record(thing, "third"), operator)).version == 1


def test_a_room_does_not_start_with_a_secret_that_can_be_guessed() -> None:
    with pytest.raises(ValidationError):
        Settings(secret="", port=1, database_url="", kafka_url="")
