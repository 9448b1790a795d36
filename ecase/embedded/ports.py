"""Free ports on the loopback interface."""

import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from ecase.console import LaunchError

TRIES = 100


@dataclass(frozen=True)
class Reservation:
    """A port (and those after it) that no other launcher of this machine takes, until :meth:`release` or exit."""

    port: int
    marks: list[socket.socket]

    def release(self) -> None:
        """Let others have the port."""
        for mark in self.marks:
            mark.close()


def reserve(start: int, in_a_row: int = 1) -> Reservation:
    """The first of ``in_a_row`` ports from ``start`` on that nobody listens on or has reserved.

    Some seconds pass between choosing a port and listening on it, in which another clone may be choosing too.
    """
    for port in range(start, start + TRIES * in_a_row, in_a_row):
        marks = _mark(range(port, port + in_a_row))
        if marks is not None:
            return Reservation(port, marks)
    raise LaunchError(f"No port between {start} and {start + TRIES * in_a_row - 1} is free.")


def first_free(start: int, in_a_row: int = 1) -> int:
    """As :func:`reserve`, without a reservation: for a caller that listens at once."""
    reservation = reserve(start, in_a_row)
    reservation.release()
    return reservation.port


def _mark(ports: Sequence[int]) -> list[socket.socket] | None:
    """A mark for each port, or None if one is taken. An abstract Unix socket (unix(7)) is machine-wide, and ends with
    its process.
    """
    marks: list[socket.socket] = []
    for port in ports:
        mark = socket.socket(socket.AF_UNIX)
        marks.append(mark)
        try:
            if sys.platform == "linux":
                mark.bind(f"\0ecase-port-{port}")
            is_free = _is_free(port)
        except OSError:
            is_free = False
        if not is_free:
            Reservation(port, marks).release()
            return None
    return marks


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # A port with connections in TIME_WAIT only is free (tcp(7)).
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def is_listening(port: int) -> bool:
    """Whether somebody listens on the port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
