"""Free ports on the loopback interface."""

import socket

from ecase.embedded.trouble import Trouble

TRIES = 100


def first_free(start: int, in_a_row: int = 1) -> int:
    """The first of ``in_a_row`` ports from ``start`` on that nobody listens on."""
    for port in range(start, start + TRIES * in_a_row, in_a_row):
        if all(map(_is_free, range(port, port + in_a_row))):
            return port
    raise Trouble(f"No port between {start} and {start + TRIES * in_a_row - 1} is free.")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # A port whose last connections are only waiting out their time is free (tcp(7), TIME_WAIT).
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def answers(port: int) -> bool:
    """Whether somebody listens on the port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
