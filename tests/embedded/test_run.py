"""`make run` behind the set-up: everything starts, what dies comes back, and nothing stays behind."""

import asyncio
import os
import re
import signal
import socket
from collections.abc import Callable

import pytest
from embedded.portal import READY, Portal
from embedded.process import until
from embedded.rooms import EVERYBODY

pytestmark = pytest.mark.xdist_group("embedded")
Furnished = Callable[..., Portal]


async def test_everything_starts_keeps_its_data_and_ctrl_c_leaves_no_process(portal: Furnished) -> None:
    one = portal()
    for start in ("first", "second"):
        one.launch()
        await one.says(READY)
        assert all(re.search(rf"{room.label} ready", one.text()) for room in EVERYBODY), one.text()
        assert f"http://localhost:{one.settings.portal_port}" in one.text()
        assert len(one.left()) > len(EVERYBODY), "the search for processes finds none"
        told = await one.asks("orders", "/environment")
        assert str(told["HOFTOR_DATABASE_URL"]).endswith("/hoftor_orders")
        assert told["HOFTOR_SECRET"] == (one.settings.data / "secret").read_text(), start
        one.send(signal.SIGINT)
        assert await one.exit_code() == 0
        assert "everything has ended" in one.text()
        await one.leaves_nothing(within=0.5)


async def test_the_desk_is_told_no_secret_of_the_portal(portal: Furnished, servers_of: dict[str, str]) -> None:
    one = portal(**servers_of)
    one.launch()
    await one.says(READY)
    told = await one.asks("desk", "/environment")
    assert "HOFTOR_SECRET" not in told
    assert "HOFTOR_DATABASE_URL" not in told
    assert told["HOFTOR_DESK_API_KEY"] == (await one.asks("erp_bridge", "/environment"))["HOFTOR_DESK_API_KEY"]


async def test_a_service_that_is_killed_comes_back(portal: Furnished, servers_of: dict[str, str]) -> None:
    one = portal(**servers_of)
    one.launch()
    await one.says(READY)
    before = int((await one.asks("quotes", "/pid"))["pid"])
    os.kill(before, signal.SIGKILL)
    await one.says(r"quotes ended \(SIGKILL\)")

    async def another() -> bool:
        try:
            return int((await one.asks("quotes", "/pid"))["pid"]) != before
        except OSError:
            return False

    await until(another, 10, "another process of quotes")


async def test_a_service_that_hangs_is_ended_all_the_same(portal: Furnished, servers_of: dict[str, str]) -> None:
    one = portal(THE_ROOM_HANGS="yes", **servers_of)
    one.launch()
    await one.says(READY)
    one.send(signal.SIGTERM)
    assert await one.exit_code() == 0
    await one.leaves_nothing(within=0.5)


async def test_a_second_ctrl_c_ends_everything_at_once(portal: Furnished, servers_of: dict[str, str]) -> None:
    one = portal(THE_ROOM_HANGS="yes", **servers_of)
    one.launch()
    await one.says(READY)
    one.send(signal.SIGINT)
    await one.says("Stopping")
    one.send(signal.SIGINT)
    await one.exit_code(within=3.0)
    await one.leaves_nothing(within=0.5)


async def test_a_supervisor_that_is_killed_takes_everything_with_it(portal: Furnished) -> None:
    one = portal()
    one.launch()
    await one.says(READY)
    one.send(signal.SIGKILL)
    await one.exit_code()
    await one.leaves_nothing()


async def test_ctrl_c_in_the_middle_of_the_start_leaves_no_process(portal: Furnished) -> None:
    one = portal()
    one.launch()
    await one.says("PostgreSQL … ready")
    one.send(signal.SIGINT)
    assert await one.exit_code() == 0
    await one.leaves_nothing(within=0.5)


async def test_a_room_that_is_not_built_yet_is_named_and_the_others_run(
    portal: Furnished, servers_of: dict[str, str]
) -> None:
    one = portal("billing", "demo", **servers_of)
    one.launch()
    await one.says(READY)
    assert "billing is missing: the package `billing` has no __main__ yet" in one.text()
    assert "orders ready" in one.text()


async def test_a_room_that_keeps_dying_is_named_with_its_last_words(
    portal: Furnished, servers_of: dict[str, str]
) -> None:
    one = portal(**servers_of)
    (one.folder / "catalog" / "__main__.py").write_text("raise SystemExit('no prices today')")
    one.launch()
    assert await one.exit_code(within=60) == 1
    assert "catalog ended again and again" in one.text()
    assert "no prices today" in one.text()
    assert "Traceback" not in one.text()
    await one.leaves_nothing(within=0.5)


async def test_a_taken_port_is_named_with_the_setting_that_changes_it(portal: Furnished) -> None:
    one = portal()
    with socket.create_server(("0.0.0.0", one.settings.imap_port)):
        one.launch()
        assert await one.exit_code() == 1
    assert re.search(
        rf"Port {one.settings.imap_port} \(IMAP\) is taken by another program: .* HOFTOR_IMAP_PORT=\d+ make run",
        one.text(),
    )
    assert one.text().strip().count("\n") == 0


async def test_a_second_portal_on_the_same_data_is_refused(portal: Furnished, servers_of: dict[str, str]) -> None:
    one = portal(**servers_of)
    one.launch()
    await one.says(READY)
    other = Portal(one.folder, HOFTOR_DATA=str(one.settings.data))
    other.output = one.folder / "other output"
    other.launch()
    assert await other.exit_code() == 1
    assert one.running is not None
    assert f"already runs with the data in {one.settings.data} (process {one.running.pid})" in other.text()


async def test_a_folder_that_cannot_be_written_is_named(portal: Furnished) -> None:
    one = portal(HOFTOR_DATA="/sys/hoftor")
    one.launch()
    assert await one.exit_code() == 1
    assert re.fullmatch(r"\s*/sys/hoftor cannot be written: .*\n", one.text()), one.text()


async def test_a_setting_that_makes_no_sense_is_named(portal: Furnished) -> None:
    one = portal(HOFTOR_DESK_PORT="next door")
    one.launch()
    assert await one.exit_code() == 2
    assert "HOFTOR_DESK_PORT" in one.text()
    assert "Traceback" not in one.text()


async def test_demo_data_are_loaded_once_and_their_logins_shown(portal: Furnished, servers_of: dict[str, str]) -> None:
    one = portal(HOFTOR_DEMO="yes", **servers_of)
    demo = one.folder / "demo"
    demo.mkdir()
    (demo / "__init__.py").touch()
    (demo / "__main__.py").write_text(
        "import os, pathlib\n"
        "assert 'HOFTOR_DATABASE_URL' not in os.environ\n"
        "print('1,500 orders loaded by way of', os.environ['HOFTOR_DESK_URL'])\n"
        "pathlib.Path(os.environ['HOFTOR_DATA'], 'demo-logins.json').write_text("
        '\'[{"who": "Anna", "login": "anna@example.org", "password": "geheim"}]\')\n'
    )
    one.launch()
    await one.says(READY)
    assert f"1,500 orders loaded by way of http://127.0.0.1:{one.settings.desk_port}" in one.text()
    assert "anna@example.org  geheim" in one.text()
    one.send(signal.SIGINT)
    await one.exit_code()
    one.launch()
    await one.says(READY)
    assert "1,500 orders" not in one.text()
    assert "anna@example.org  geheim" in one.text()


async def test_ctrl_c_while_demo_data_are_loaded_is_no_failure_and_the_next_start_goes_on(
    portal: Furnished, servers_of: dict[str, str]
) -> None:
    one = portal(HOFTOR_DEMO="yes", **servers_of)
    demo = one.folder / "demo"
    demo.mkdir()
    (demo / "__init__.py").touch()
    (demo / "__main__.py").write_text(
        "import os, pathlib, time\n"
        "begun = pathlib.Path(os.environ['HOFTOR_DATA'], 'begun')\n"
        "print('the rest' if begun.exists() else 'the beginning', flush=True)\n"
        "if not begun.exists():\n"
        "    begun.touch()\n"
        "    time.sleep(600)\n"
    )
    one.launch()
    await one.says("the beginning")
    one.send(signal.SIGINT)
    assert await one.exit_code() == 0
    assert "interrupted; what is loaded stays, and the next start goes on with the rest" in one.text()
    assert "failed" not in one.text()
    await one.leaves_nothing(within=0.5)
    one.launch()
    await one.says(READY)
    assert re.search(r"the rest\n +loaded", one.text()), one.text()


async def test_two_starts_at_once_agree_on_one_secret(portal: Furnished) -> None:
    one = portal()
    drawn = await asyncio.gather(*(asyncio.to_thread(one.settings.the_secret) for _ in range(8)))
    assert len(set(drawn)) == 1
    assert (one.settings.data / "secret").stat().st_mode & 0o777 == 0o600
