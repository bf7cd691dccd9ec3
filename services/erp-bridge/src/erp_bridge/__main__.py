"""Runs the ERP bridge: the only room that talks to an ERP."""

from chassis.room import Room, run
from litestar import Router
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig

from erp_bridge import bulk, documents, fetching, openapi, portal, reconciling, single, status
from erp_bridge.connections import connect, connect_the_desk, firm_of
from erp_bridge.external import external_orders
from erp_bridge.problems import HANDLERS
from erp_bridge.single import PREFIX
from erp_bridge.tables import TABLES
from erp_bridge.views import taken_over
from erp_bridge.webhooks import deliver

api = Router(
    PREFIX,
    route_handlers=[
        bulk.bulk,
        documents.put_document,
        documents.get_document,
        portal.put_portal,
        portal.get_portal,
        portal.transfer_completed,
        portal.send_again,
        portal.withdraw,
        fetching.fetch,
        fetching.look_up,
        fetching.acknowledged,
        status.put_status,
        reconciling.reconcile,
        single.put_record,
        single.get_record,
        openapi.openapi,
    ],
    dependencies={"firm": Provide(firm_of)},
    exception_handlers=HANDLERS,
)

room = Room(
    "erp-bridge",
    keeping=[external_orders],
    views=[taken_over],
    tables=TABLES,
    routes=[api, connect],
    tasks=[deliver],
    options={
        "on_startup": [connect_the_desk],
        "openapi_config": OpenAPIConfig(title="ERP bridge", version="1.0.0", path="/erp/v1/schema", render_plugins=()),
    },
)

if __name__ == "__main__":
    run(room)
