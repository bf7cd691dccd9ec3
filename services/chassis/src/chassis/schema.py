"""The tables of a room as SQLAlchemy knows them: written once, made where they are missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement
from sqlalchemy.types import TypeEngine

from chassis.views import AnyView

KINDS: Mapping[str, TypeEngine[Any]] = {
    "text": sa.Text(),
    "date": sa.Date(),
    "int": sa.BigInteger(),
    "bool": sa.Boolean(),
    "uuid": sa.Uuid(),
    "timestamptz": sa.DateTime(timezone=True),
    "numeric": sa.Numeric(),
}
"""What a column of a view may be."""
METADATA = sa.MetaData()

# No key on `position`: the relay finds rows through the small index of what has no number yet.
log = sa.Table(
    "log",
    METADATA,
    sa.Column("tenant", sa.Uuid, primary_key=True),
    sa.Column("stream", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("position", sa.BigInteger, sa.Identity(always=True), nullable=False),
    sa.Column("id", sa.Uuid, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("user_id", sa.Uuid),
    sa.Column("user_name", sa.Text, nullable=False),
    sa.Column("customer", sa.Uuid),
    sa.Column("causation", sa.Uuid),
    sa.Column("request", sa.Uuid),
    sa.Column("traceparent", sa.Text),
    sa.Column("partition", sa.SmallInteger, nullable=False),
    sa.Column("public", sa.Boolean, nullable=False),
    sa.Column("number", sa.BigInteger),
    postgresql_with={"fillfactor": 80},
)
sa.Index("log_without_number", log.c.position, postgresql_where=log.c.public & log.c.number.is_(None))
sa.Index("log_numbers", log.c.partition, log.c.number, unique=True, postgresql_where=log.c.number.is_not(None))

relay = sa.Table(
    "relay",
    METADATA,
    sa.Column("partition", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("numbered", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("published", sa.BigInteger, nullable=False, server_default="0"),
)

positions = sa.Table(
    "positions",
    METADATA,
    sa.Column("consumer", sa.Text, primary_key=True),
    sa.Column("topic", sa.Text, primary_key=True),
    sa.Column("partition", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("number", sa.BigInteger, nullable=False, server_default="0"),
)

parked = sa.Table(
    "parked",
    METADATA,
    sa.Column("consumer", sa.Text, primary_key=True),
    sa.Column("topic", sa.Text, primary_key=True),
    sa.Column("tenant", sa.Uuid, primary_key=True),
    sa.Column("stream", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("event", postgresql.JSONB, nullable=False),
    sa.Column("error", sa.Text, nullable=False, server_default=""),
    sa.Column("since", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
    sa.Column("released", sa.Boolean, nullable=False, server_default=sa.false()),
)

# One row a customer, written again and again: room on its page keeps the index out of it.
marks = sa.Table(
    "marks",
    METADATA,
    sa.Column("tenant", sa.Uuid, primary_key=True),
    sa.Column("customer", sa.Uuid, primary_key=True),
    sa.Column("mark", sa.Uuid, nullable=False),
    postgresql_with={"fillfactor": 50},
)


def of_view(view: AnyView) -> sa.Table:
    """A view's documents beside what they are found by."""
    table = sa.Table(
        view.table,
        sa.MetaData(),
        sa.Column("tenant", sa.Uuid, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("customer", sa.Uuid),
        sa.Column("site", sa.Uuid),
        sa.Column("search", sa.Text, nullable=False),
        sa.Column("doc", postgresql.JSONB, nullable=False),
        *(sa.Column(f"c_{column}", KINDS[kind]) for column, (kind, _) in view.columns.items()),
    )
    sa.Index(f"{view.table}_customer", table.c.tenant, table.c.customer, table.c.site)
    for column in view.columns:
        # The newest or largest first is what lists begin with: their first page is read from the index.
        falling = table.c[f"c_{column}"].desc().nulls_last()
        sa.Index(f"{view.table}_{column}", table.c.tenant, table.c.customer, falling, table.c.key)
    return table


def made(*tables: sa.Table) -> list[str]:
    """The statements that make tables and indexes which are missing."""
    found: list[ExecutableDDLElement] = []
    for table in tables:
        found.append(CreateTable(table, if_not_exists=True))
        found += [
            CreateIndex(index, if_not_exists=True) for index in sorted(table.indexes, key=lambda one: str(one.name))
        ]
    return [str(one.compile(dialect=postgresql.dialect())).strip() for one in found]  # type: ignore[no-untyped-call]
