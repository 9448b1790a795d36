"""Free ports on the loopback interface."""

import socket

from ecase.embedded.trouble import Trouble

TRIES = 100


def first_free(start: int) -> int:
    """The first port from ``start`` on that nobody listens on."""
    for port in range(start, start + TRIES):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise Trouble(f"No port between {start} and {start + TRIES - 1} is free.")


def answers(port: int) -> bool:
    """Whether somebody listens on the port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
