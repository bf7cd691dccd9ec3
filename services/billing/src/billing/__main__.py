"""Runs billing: the invoices of all customers."""

from chassis.room import Room, run

from billing.invoice import first_load, invoice
from billing.reactions import reactions

room = Room("billing", deciders=[invoice, first_load], reactions=reactions)

if __name__ == "__main__":
    run(room)
