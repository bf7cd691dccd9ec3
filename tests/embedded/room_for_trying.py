"""A room that does nothing but answer, die and hang when asked: a real process for the tests of the supervisor."""

import json
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/die":
            os._exit(3)
        known = {"/health/ready": {}, "/pid": {"pid": os.getpid()}, "/environment": dict(os.environ)}
        body = json.dumps(known.get(self.path)).encode()
        self.send_response(200 if self.path in known else 404)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


def main() -> None:
    hangs = os.environ.get("THE_ROOM_HANGS") == "yes"
    signal.signal(signal.SIGTERM, signal.SIG_IGN if hangs else lambda *_: sys.exit(0))
    port = int(os.environ.get("HOFTOR_PORT") or os.environ["HOFTOR_DESK_PORT"])
    ThreadingHTTPServer(("127.0.0.1", port), Answers).serve_forever()


if __name__ == "__main__":
    main()
