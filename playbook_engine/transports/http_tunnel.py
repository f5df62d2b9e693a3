"""HTTP through a host: httpx over a tunnel instead of a socket of this machine."""

import contextlib
import ssl
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

import anyio
import anyio.abc
import anyio.streams.tls
import httpcore
import httpx

from playbook_engine.model.replies import Fault
from playbook_engine.model.targets import Host
from playbook_engine.transports.http_faults import NoTunnel
from playbook_engine.transports.tunnels import Tunnel, Tunnels


class TunnelTransport(httpx.AsyncBaseTransport):
    """Sends requests of an httpx client through one host."""

    def __init__(self, host: Host, tunnels: Tunnels, trust: ssl.SSLContext | None, limits: httpx.Limits) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=trust,
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=_Backend(host, tunnels),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        with _as_httpx():
            response = await self._pool.handle_async_request(
                httpcore.Request(
                    method=request.method,
                    url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        return httpx.Response(
            status_code=response.status,
            headers=response.headers,
            stream=_Stream(response),
            extensions=response.extensions,
        )

    async def aclose(self) -> None:
        await self._pool.aclose()


class _Stream(httpx.AsyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _as_httpx():
            async for part in self._response.aiter_stream():
                yield part

    async def aclose(self) -> None:
        await self._response.aclose()


@contextlib.contextmanager
def _as_httpx() -> Iterator[None]:
    """Raise what httpx calls an exception of httpcore: the names are the same."""
    try:
        yield
    except Exception as error:
        known = getattr(httpx, type(error).__name__, None) if type(error).__module__.startswith("httpcore") else None
        if known is None:
            raise
        raise known(str(error)) from error


class _Backend(httpcore.AsyncNetworkBackend):
    """Connects through the host, wherever a request wants to go."""

    def __init__(self, host: Host, tunnels: Tunnels) -> None:
        self._host = host
        self._tunnels = tunnels

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        del local_address, socket_options  # the host decides
        with _as_connect_error(), anyio.fail_after(timeout):
            tunnel = await self._tunnels.open_tunnel(self._host, host, port)
        if isinstance(tunnel, Fault):
            raise NoTunnel(tunnel)
        return _NetworkStream(_ByteStream(tunnel), tunnel)


class _ByteStream(anyio.abc.ByteStream):
    """A tunnel as anyio's TLS wants it."""

    def __init__(self, tunnel: Tunnel) -> None:
        self._tunnel = tunnel

    async def receive(self, max_bytes: int = 65536) -> bytes:
        try:
            data = await self._tunnel.receive(max_bytes)
        except OSError as error:
            raise anyio.BrokenResourceError from error
        if not data:
            raise anyio.EndOfStream
        return data

    async def send(self, item: bytes) -> None:
        try:
            await self._tunnel.send(item)
        except OSError as error:
            raise anyio.BrokenResourceError from error

    async def send_eof(self) -> None:
        """Nothing: HTTP says by itself where a request ends."""

    async def aclose(self) -> None:
        await self._tunnel.close()


class _NetworkStream(httpcore.AsyncNetworkStream):
    def __init__(self, stream: anyio.abc.ByteStream, tunnel: Tunnel) -> None:
        self._stream = stream
        self._tunnel = tunnel

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109  as above
        try:
            with anyio.fail_after(timeout):
                return await self._stream.receive(max_bytes)
        except anyio.EndOfStream:
            return b""
        except TimeoutError as error:
            raise httpcore.ReadTimeout from error
        except (anyio.BrokenResourceError, anyio.ClosedResourceError, ssl.SSLError) as error:
            raise httpcore.ReadError from error

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109  as above
        try:
            with anyio.fail_after(timeout):
                await self._stream.send(buffer)
        except TimeoutError as error:
            raise httpcore.WriteTimeout from error
        except (anyio.BrokenResourceError, anyio.ClosedResourceError, ssl.SSLError) as error:
            raise httpcore.WriteError from error

    async def aclose(self) -> None:
        # A polite end of TLS would wait for an answer; the channel is let go instead.
        await self._tunnel.close()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  as above
    ) -> httpcore.AsyncNetworkStream:
        try:
            with _as_connect_error(), anyio.fail_after(timeout):
                wrapped = await anyio.streams.tls.TLSStream.wrap(
                    self._stream, ssl_context=ssl_context, hostname=server_hostname, standard_compatible=False
                )
        except BaseException:
            await self._tunnel.close()
            raise
        return _NetworkStream(wrapped, self._tunnel)

    def get_extra_info(self, info: str) -> Any:
        return self._tunnel.readable if info == "is_readable" else None


@contextlib.contextmanager
def _as_connect_error() -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise httpcore.ConnectTimeout from error
    except (OSError, anyio.BrokenResourceError, anyio.EndOfStream) as error:
        raise httpcore.ConnectError(str(error)) from error
