"""`python -m benchmarks.telegram.transport`: a message over our transport, and the stock one.

The same library and the same method, 8 in flight, against a server in another process.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import process_time

from telegram import Bot
from telegram.request import HTTPXRequest

from benchmarks.table import ROOT, Figures, Promise, arguments, interleaved, middle, show
from benchmarks.telegram.stub import NOTE
from bot.platforms.telegram.wire import Wire

IN_FLIGHT = 8
COST = "CPU a message, µs"
TOKEN = "7000001:benchmark"


@contextmanager
def stub(limit: int = 0) -> Iterator[str]:
    """Its address."""
    command = (sys.executable, "-m", "benchmarks.telegram.stub", str(limit))
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


async def sends(address: str, many: int, request: Wire | HTTPXRequest) -> Figures:
    async with Bot(TOKEN, f"{address}/bot", request=request, get_updates_request=Wire(1, 5)) as bot:
        left = iter(range(many))

        async def one_after_the_other() -> None:
            for n in left:
                await bot.send_message(1000 + n, NOTE)

        await asyncio.gather(*(one_after_the_other() for _ in range(IN_FLIGHT)))  # warm
        left, worked = iter(range(many)), process_time()
        await asyncio.gather(*(one_after_the_other() for _ in range(IN_FLIGHT)))
        return {COST: 1e6 * (process_time() - worked) / many}


def main(given: Sequence[str] | None = None) -> int:
    parser = arguments("benchmarks.telegram.transport", __doc__)
    parser.add_argument("--messages", type=int, default=2000)
    options = parser.parse_args(given)
    with stub() as address:
        many = options.messages
        sides: dict[str, Callable[[int], Figures]] = {
            "ours": lambda _: asyncio.run(sends(address, many, Wire(IN_FLIGHT, 20))),
            "stock": lambda _: asyncio.run(
                sends(address, many, HTTPXRequest(connection_pool_size=IN_FLIGHT))
            ),
        }
        ours, stock = interleaved(options.rounds, sides).values()
    ratio = middle(ours, COST) / middle(stock, COST)
    promises = [Promise("CPU a message, ours to stock", ratio, 1 / 3)]
    title = f"Messages over the library, {IN_FLIGHT} in flight"
    return show(title, options.seed, dict(zip(sides, (ours, stock), strict=True)), promises)


if __name__ == "__main__":
    raise SystemExit(main())
