"""The published language of Hoftor: what can be asked and what can happen."""

from contracts import billing, catalog, erp, identity, orders, quotes, retired
from contracts.base import Command, Event

__all__ = ["Command", "Event", "billing", "catalog", "erp", "identity", "orders", "quotes", "retired"]
