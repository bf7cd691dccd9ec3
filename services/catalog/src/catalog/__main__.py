"""Runs the catalog: the waste types and containers that customers can order."""

from chassis.room import Room, run

from catalog.container_type import container_type
from catalog.reactions import reactions
from catalog.waste_type import waste_type

room = Room("catalog", deciders=[waste_type, container_type], reactions=reactions)

if __name__ == "__main__":
    run(room)
