"""An HTTP body, read in pieces and kept within bounds: the beginning, the end, and how much there was."""

import codecs
import zlib
from collections.abc import Iterator

from playbook_engine.model.replies import Output

KEPT = 256 * 1024
"""How many bytes are kept of each end of a body."""
READ_AT_MOST = 16 * 1024 * 1024
"""Behind this many bytes, a body is taken to be endless and is not read further."""
_PIECE = 64 * 1024
_COMPRESSED = ("gzip", "x-gzip", "deflate")
_GZIP = b"\x1f\x8b"
_CHARSETS = ("utf", "ascii", "iso8859", "iso2022", "cp", "gb", "big5", "shift_jis", "euc_", "koi8", "mac-")


class BrokenBody(Exception):
    """The body's compression is damaged."""


class UnknownCoding(Exception):
    """The body is encoded in a way that we do not know, or in several ways at once."""

    def __init__(self, coding: str) -> None:
        super().__init__()
        self.shown = "".join(char if char.isprintable() else "?" for char in coding[:40])


class BodyReader:
    """Takes a body's bytes as they come and keeps both ends of what they decode to."""

    def __init__(self, coding: str = "", kept: int = KEPT, at_most: int = READ_AT_MOST) -> None:
        self._coding = coding.strip().lower()
        self._inflater = _Inflater() if self._coding in _COMPRESSED else None
        self._raw = 0
        self._kept = kept
        self._at_most = at_most
        self._head = bytearray()
        self._tail = bytearray()
        self._size = 0

    def feed(self, data: bytes) -> bool:
        """Take the next bytes; False when enough was read. Raises BrokenBody and UnknownCoding."""
        if self._coding and self._inflater is None and self._coding != "identity":
            raise UnknownCoding(self._coding)
        self._raw += len(data)
        for piece in self._inflater.pieces(data) if self._inflater else (data,):
            self._keep(piece)
            if self._size >= self._at_most:
                return False
        return self._raw < self._at_most

    def finish(self) -> None:
        """Say that the body is complete. Raises BrokenBody when its compressed form is not."""
        if self._inflater is not None:
            self._inflater.finish()

    def output(self, charset: str | None = None) -> Output:
        r"""Return what was kept as text; bytes that do not fit the charset are shown as `\xNN`."""
        codec = _codec(charset)
        if self._size <= 2 * self._kept:
            return Output(head=_decoded(bytes(self._head + self._tail), codec), size=self._size)
        return Output(
            head=_decoded(bytes(self._head), codec, final=False),
            tail=_decoded(_from_character(bytes(self._tail[-self._kept :]), codec), codec),
            size=self._size,
            truncated=True,
        )

    def _keep(self, piece: bytes) -> None:
        self._size += len(piece)
        room = self._kept - len(self._head)
        if room > 0:
            self._head += piece[:room]
            piece = piece[room:]
        self._tail += piece
        if len(self._tail) > 2 * self._kept:
            del self._tail[: -self._kept]


class _Inflater:
    """Undoes gzip or zlib in bounded pieces, so that a small input cannot become a huge one at once.

    gzip may come in several parts one behind the other (RFC 1952, 2.2). What follows the last one is ignored, as
    everybody does. `deflate` should be zlib's format, and is the bare stream with some servers.
    """

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(zlib.MAX_WBITS | 32)
        self._fed = False
        self._over = False

    def pieces(self, data: bytes) -> Iterator[bytes]:
        while data and not self._over:
            piece = self._inflated(data)
            self._fed = True
            if self._stream.eof:
                data = self._stream.unused_data
                self._over = bool(data) and not data.startswith(_GZIP[: len(data)])
                if data and not self._over:
                    self._stream = zlib.decompressobj(zlib.MAX_WBITS | 32)
            else:
                data = self._stream.unconsumed_tail
            yield piece

    def finish(self) -> None:
        if self._fed and not self._stream.eof:
            raise BrokenBody

    def _inflated(self, data: bytes) -> bytes:
        if self._stream.eof:  # the part before ended exactly with the bytes that came before
            if not data.startswith(_GZIP[: len(data)]):
                self._over = True
                return b""
            self._stream = zlib.decompressobj(zlib.MAX_WBITS | 32)
        try:
            return self._stream.decompress(data, _PIECE)
        except zlib.error:
            if self._fed:
                raise BrokenBody from None
        self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            return self._stream.decompress(data, _PIECE)
        except zlib.error:
            raise BrokenBody from None


def _codec(charset: str | None) -> str:
    """Return the codec for a charset of a reply: only real character sets, else UTF-8.

    Python knows codecs that are no character sets; some of them are slow on purpose-made input.
    """
    try:
        name = codecs.lookup((charset or "utf-8").strip("\"' ")).name
    except (LookupError, ValueError):
        return "utf-8-sig"
    if name in {"utf-8", "utf-7"} or not name.startswith(_CHARSETS):
        return "utf-8-sig"
    return name


def _decoded(data: bytes, codec: str, *, final: bool = True) -> str:
    """Decode; a character that the cut left incomplete is dropped unless `final`."""
    decoder = codecs.getincrementaldecoder(codec)("backslashreplace")
    try:
        return decoder.decode(data, final)
    except (UnicodeError, LookupError):
        return data.decode("utf-8", "backslashreplace")


def _from_character(data: bytes, codec: str) -> bytes:
    """Return the data from its first whole UTF-8 character on; other charsets as they are."""
    if codec != "utf-8-sig":
        return data
    start = next((place for place in range(min(3, len(data))) if data[place] & 0xC0 != 0x80), min(3, len(data)))
    return data[start:]
