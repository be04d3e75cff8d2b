"""A line that is long but whole: every byte arrives `seconds` after it left, in order, at any rate.

Unlike `sync_proxy`, which waits for each piece in turn (a slow line), pieces are under way together, as on a real one.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator

PIECE = 64 * 1024


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
    loop = asyncio.get_running_loop()
    last = asyncio.Event()
    with contextlib.suppress(OSError):
        while data := await reader.read(PIECE):
            loop.call_later(seconds, writer.write, data)
    loop.call_later(seconds, last.set)
    await last.wait()
    with contextlib.suppress(OSError):
        writer.close()


@contextlib.contextmanager
def far_line(port: int, seconds: float) -> Iterator[str]:
    """Give the address of a line to a port of this machine that takes `seconds` one way."""
    ready = threading.Event()
    place: list[tuple[asyncio.AbstractEventLoop, asyncio.Event, int]] = []

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        with contextlib.suppress(asyncio.CancelledError):  # the line is taken down with what is under way
            await asyncio.gather(_carry(reader, far_writer, seconds), _carry(far_reader, writer, seconds))

    async def serve() -> None:
        server = await asyncio.start_server(connect, "127.0.0.1", 0)
        end = asyncio.Event()
        place.append((asyncio.get_running_loop(), end, server.sockets[0].getsockname()[1]))
        ready.set()
        await end.wait()
        server.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="far line")
    thread.start()
    ready.wait(10)
    loop, end, near = place[0]
    try:
        yield f"http://127.0.0.1:{near}"
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join(10)
