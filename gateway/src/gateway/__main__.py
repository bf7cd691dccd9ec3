"""Runs the gateway: the portal that customers see."""

from chassis.room import run

from gateway.app import room

if __name__ == "__main__":
    run(room)
