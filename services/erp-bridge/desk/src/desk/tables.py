"""The desk's own tables: what an ERP knows of customers, sites, containers, orders and invoices, and what waits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

Connection = AsyncConnection[DictRow]
Pool = AsyncConnectionPool[Connection]

KINDS = ("waste-types", "container-types", "customers", "sites", "containers", "orders", "invoices")
"""In the order in which the portal must hear of them."""


def table(kind: str) -> str:
    """KeyError for what is no kind of record."""
    return {one: one.replace("-", "_") for one in KINDS}[kind]


# `version` grows with every change, `sent` is the version that the portal has: what differs is still to be sent.
RECORDS = """
CREATE TABLE IF NOT EXISTS {name} (
    number text PRIMARY KEY,
    customer text NOT NULL DEFAULT '',
    body jsonb NOT NULL,
    version bigint NOT NULL DEFAULT nextval('versions'),
    sent bigint,
    problem text NOT NULL DEFAULT ''{more}
)"""

MORE = {
    "customers": """,
    portal boolean NOT NULL DEFAULT false,
    portal_email text NOT NULL DEFAULT '',
    transfer text NOT NULL DEFAULT '',
    transfer_problem text NOT NULL DEFAULT '',
    transferred_at timestamptz""",
    "orders": """,
    reference uuid UNIQUE""",
    "invoices": """,
    pdf bytea""",
}

TABLES = (
    "CREATE SEQUENCE IF NOT EXISTS versions",
    "CREATE SEQUENCE IF NOT EXISTS external_numbers",
    "CREATE SEQUENCE IF NOT EXISTS transport_numbers",
    "CREATE SEQUENCE IF NOT EXISTS container_numbers START 2001",
    *(RECORDS.format(name=table(kind), more=MORE.get(kind, "")) for kind in KINDS),
    *(f"CREATE INDEX IF NOT EXISTS {table(kind)}_customer ON {table(kind)} (customer)" for kind in KINDS[3:]),
    "CREATE INDEX IF NOT EXISTS orders_by_day ON orders ((body->>'placed_on') DESC, number)",
    """
CREATE TABLE IF NOT EXISTS external_orders (
    reference uuid PRIMARY KEY,
    erp_number text NOT NULL UNIQUE,
    body jsonb NOT NULL,
    state text NOT NULL DEFAULT 'new',
    reason text NOT NULL DEFAULT '',
    order_number text,
    cancelled boolean NOT NULL DEFAULT false,
    received_at timestamptz NOT NULL DEFAULT now()
)""",
    """
CREATE TABLE IF NOT EXISTS outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reference uuid NOT NULL,
    body jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz,
    refused text NOT NULL DEFAULT '',
    attempts int NOT NULL DEFAULT 0,
    next_try timestamptz NOT NULL DEFAULT now()
)""",
    "CREATE INDEX IF NOT EXISTS outbox_waiting ON outbox (reference, id) WHERE sent_at IS NULL",
    "CREATE TABLE IF NOT EXISTS fetched (one boolean PRIMARY KEY DEFAULT true CHECK (one), cursor bigint NOT NULL)",
)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Pool]:
    """A pool on the database, with all tables there."""
    async with Pool(url, kwargs={"row_factory": dict_row}, min_size=1, max_size=8, open=False) as pool:
        async with pool.connection() as conn:
            # Several processes may start at once on the same database.
            await conn.execute("SELECT pg_advisory_xact_lock(7340)")
            for statement in TABLES:
                await conn.execute(statement)
        yield pool
