"""The gateway as a room: it keeps what customers see, and passes on what they ask."""

from __future__ import annotations

from chassis.room import Room
from litestar.exceptions import HTTPException

from gateway import answering, limits, look_files, openapi, problems, session
from gateway.discovery import modules, views
from gateway.mails import TABLES, mails
from gateway.page import ROUTES


def made() -> Room:
    modules()
    return Room(
        "gateway",
        views=views(),
        effects=[mails],
        tables=[*session.TABLES, *limits.TABLES, *TABLES],
        routes=[*(answering.handler(route) for route in ROUTES), *look_files.ROUTES, openapi.described],
        options={
            "exception_handlers": {
                HTTPException: problems.unknown,
                Exception: problems.broken,
            },
            "request_max_body_size": answering.LARGEST,
        },
    )


room = made()
