"""Many GET requests with bare httpx: one client, so many at once; prints what came."""

import asyncio
import sys

import httpx


async def main(base: str, count: int, at_once: int) -> None:
    """Ask for every address and check every answer."""
    limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
    async with httpx.AsyncClient(limits=limits, timeout=20) as client:
        turns = asyncio.Semaphore(at_once)  # httpx's own queue is slow when it is long

        async def ask(number: int) -> str:
            async with turns:
                answer = await client.get(f"{base}/{number}")
            return answer.raise_for_status().text

        texts = await asyncio.gather(*(ask(number) for number in range(count)))
    sys.stdout.write("".join(texts))


asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
