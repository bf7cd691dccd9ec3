"""What the bridge keeps beside its log: the last reports, the open hand-overs and how the ERP is reached."""

from __future__ import annotations

TABLES = (
    # -- how the ERP of a firm is reached; of its key only the digest is kept
    """CREATE TABLE IF NOT EXISTS connections (
    tenant uuid PRIMARY KEY,
    name text NOT NULL,
    key_digest bytea NOT NULL UNIQUE,
    webhook_url text NOT NULL DEFAULT '',
    webhook_secret text NOT NULL DEFAULT ''
)""",
    # -- the last report about every thing
    """CREATE TABLE IF NOT EXISTS reported (
    tenant uuid NOT NULL,
    kind text NOT NULL,
    number text NOT NULL,
    id uuid NOT NULL,
    customer uuid,
    digest text NOT NULL,
    report jsonb NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, kind, number)
)""",
    "CREATE INDEX IF NOT EXISTS reported_by_id ON reported (tenant, id)",
    """CREATE TABLE IF NOT EXISTS documents (
    tenant uuid NOT NULL,
    sha256 text NOT NULL,
    media_type text NOT NULL,
    size bigint NOT NULL,
    PRIMARY KEY (tenant, sha256)
)""",
    # -- a container keeps its id when an exchange gives it another number
    """CREATE TABLE IF NOT EXISTS container_numbers (
    tenant uuid NOT NULL,
    number text NOT NULL,
    container uuid NOT NULL,
    PRIMARY KEY (tenant, number),
    UNIQUE (tenant, container)
)""",
    # -- the switch „Online-Portal“
    """CREATE TABLE IF NOT EXISTS portals (
    tenant uuid NOT NULL,
    customer uuid NOT NULL,
    enabled boolean NOT NULL DEFAULT false,
    email text NOT NULL DEFAULT '',
    transferred boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant, customer)
)""",
    # -- what customers ordered, on its way to the ERP
    """CREATE TABLE IF NOT EXISTS external_orders (
    tenant uuid NOT NULL,
    reference uuid NOT NULL,
    action text NOT NULL CHECK (action IN ('place', 'cancel')),
    cursor bigint NOT NULL,
    customer uuid NOT NULL,
    container uuid NOT NULL,
    body jsonb NOT NULL,
    traceparent text,
    acknowledged timestamptz,
    erp_number text,
    attempts integer NOT NULL DEFAULT 0,
    next_try timestamptz NOT NULL DEFAULT now(),
    trouble text NOT NULL DEFAULT '',
    status jsonb,
    said jsonb NOT NULL DEFAULT '{}',
    transport_number text,
    PRIMARY KEY (tenant, reference, action)
) WITH (fillfactor = 70)""",
    "CREATE UNIQUE INDEX IF NOT EXISTS external_orders_cursor ON external_orders (tenant, cursor)",
    # Not by `next_try`: a claim changes it, and would have to write every index anew.
    "DROP INDEX IF EXISTS external_orders_open",
    "CREATE INDEX IF NOT EXISTS external_orders_waiting ON external_orders (tenant, cursor) WHERE acknowledged IS NULL",
    "CREATE INDEX IF NOT EXISTS external_orders_transport ON external_orders (tenant, transport_number)"
    " WHERE transport_number IS NOT NULL",
)
