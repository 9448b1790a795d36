"""``python -m signatures.demo.signer --keys DIR --port N``: see the package."""

import argparse
import asyncio
import functools
import os
import re
import signal
import sys
import webbrowser
from pathlib import Path

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from signatures.demo.services import timestamps_beside
from signatures.demo.signer import keys, protocol
from signatures.demo.signer.queue import RequestQueue
from signatures.demo.signer.server import LOOPBACK, start_page_server

MAX_MESSAGE = 32 * 1024 * 1024
# Programs send no origin; pages must come from this machine.
ORIGINS = [None, re.compile(r"https?://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?")]


def main(arguments: list[str] | None = None) -> int:
    """The command; prints the reason and returns 1 if it must not or cannot start."""
    parser = argparse.ArgumentParser(prog="python -m signatures.demo.signer", description="NCALayer's stand-in.")
    parser.add_argument("--keys", type=Path, required=True, help="folder of the demo authority's PKCS#12 files")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=13580, help="of the WebSocket; the page is one port above")
    parser.add_argument("--mode", choices=("demo", "production"), default="demo")
    parser.add_argument("--auto", action="store_true", help="sign at once where no choice is left")
    parser.add_argument(
        "--manner",
        choices=protocol.MANNERS,
        default=protocol.USUAL,
        help="answer as others do, for tests of pages",
    )
    parser.add_argument("--open", action="store_true", help="open the page in a browser at the first request")
    options = parser.parse_args(arguments)
    if "production" in (options.mode, os.environ.get("ECASE_MODE")):
        return _refuse("The demo signer does not start on a production installation: use NCALayer.")
    if options.host not in LOOPBACK:
        return _refuse(f"The demo signer listens on this machine only, not on {options.host}.")
    try:
        queue = RequestQueue(
            keys.load(options.keys), auto=options.auto, manner=options.manner, stamp=timestamps_beside(options.keys)
        )
        asyncio.run(_serve(queue, options.host, options.port, options.open))
    except (ValueError, OSError) as fault:
        return _refuse(str(fault))
    return 0


def _refuse(reason: str) -> int:
    sys.stderr.write(f"{reason}\n")
    return 1


async def _serve(queue: RequestQueue, host: str, port: int, open_page: bool) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    address = f"http://{host}:{port + 1}/"
    page_server = start_page_server(host, port + 1, queue)
    talk = functools.partial(_talk, queue=queue)
    try:
        async with serve(talk, host, port, origins=ORIGINS, max_size=MAX_MESSAGE):
            sys.stdout.write(f"Demo signer on ws://{host}:{port}, choose who signs on {address}\n")
            sys.stdout.flush()
            if open_page:
                webbrowser.open(address)
            await stop.wait()
    finally:
        page_server.shutdown()
        page_server.server_close()


async def _talk(connection: ServerConnection, queue: RequestQueue) -> None:
    try:
        await connection.send(protocol.GREETING)
        async for message in connection:
            reply = await _answer_while_open(connection, message if isinstance(message, str) else "", queue)
            if reply is None:
                return
            await connection.send(reply)
    except ConnectionClosed:
        # The page closed the connection between a request and its answer.
        return


async def _answer_while_open(connection: ServerConnection, text: str, queue: RequestQueue) -> str | None:
    """The reply; ``None`` if the page closes the connection first, which also removes its request from the queue."""
    answer = asyncio.create_task(protocol.answer(text, queue))
    closed = asyncio.create_task(connection.wait_closed())
    try:
        await asyncio.wait({answer, closed}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        closed.cancel()
        if not answer.done():
            answer.cancel()
    return answer.result() if answer.done() else None


if __name__ == "__main__":
    raise SystemExit(main())
