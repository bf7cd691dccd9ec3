"""Runs orders: the containers at the customers' sites and everything ordered for them."""

from chassis.room import Room, run

from orders.container import container
from orders.first_load import first_load
from orders.reactions import reactions
from orders.views import assortment, firm, sites

room = Room("orders", deciders=[container, first_load], reactions=reactions, views=[sites, firm, assortment])

if __name__ == "__main__":
    run(room)
