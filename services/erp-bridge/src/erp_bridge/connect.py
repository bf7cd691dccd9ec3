"""Connects a firm's ERP, anew if it was, and prints its key: `python -m erp_bridge.connect --tenant …`."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from uuid import UUID

from chassis.decider import Refused
from psycopg import AsyncConnection
from pydantic import ValidationError

from erp_bridge.connections import Connect, fresh_key, save
from erp_bridge.problems import invalid
from erp_bridge.tables import TABLES


async def connected(database_url: str, tenant: UUID, wanted: Connect) -> str:
    """The new key; of the old one, if there was any, nobody is let in with any more."""
    key = fresh_key()
    async with await AsyncConnection.connect(database_url) as conn:
        for table in TABLES:
            await conn.execute(table.encode())
        await save(conn, tenant, wanted, key)
    return key


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m erp_bridge.connect", description=__doc__)
    asked.add_argument("--tenant", type=UUID, required=True, help="id of the firm")
    asked.add_argument("--name", default="Disposition", help="what histories show as the one who did it")
    asked.add_argument("--webhook-url", default="", help="where orders are sent; without it the ERP fetches them")
    asked.add_argument("--webhook-secret", default="", help="with which they are signed")
    asked.add_argument("--database-url", default=os.environ.get("HOFTOR_DATABASE_URL", ""), help="of the bridge")
    given = asked.parse_args()
    try:
        wanted = Connect(name=given.name, webhook_url=given.webhook_url, webhook_secret=given.webhook_secret)
        print(asyncio.run(connected(given.database_url, given.tenant, wanted)))
    except ValidationError as error:
        sys.exit(str(invalid(error)))
    except Refused as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
