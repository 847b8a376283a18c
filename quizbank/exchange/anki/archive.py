"""The zip around a collection: everything doubtful is refused before anything is written.

Sizes and names in headers may lie, so what counts is what comes out while inflating. Of all
entries only the collection is kept, under a name of our own; the others are inflated to be
counted and forgotten.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from quizbank.exchange.anki.refusals import Refused

MIB = 1 << 20
MOST_ENTRIES = 5_000
MOST_BYTES = 200 * MIB  # of all entries together
MOST_DATABASE = 100 * MIB
MOST_RATIO = 100
FREE = MIB  # so much may come out before the ratio is judged: an empty page is small
CHUNK = 256 * 1024
SIP = 1024  # bytes of zstd at a time: four of them may stand for 128 KiB

# Newest first: the others of one package only ask for a newer program.
COLLECTIONS = ("collection.anki21b", "collection.anki21", "collection.anki2")
ZSTD = b"\x28\xb5\x2f\xfd"
ARCHIVES = (
    *(b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07"),
    *(b"BZh", b"\xfd7zXZ\x00"),
)
DEVICES = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?:\..*)?", re.I)
END = struct.Struct("<4s4H2LH")  # the record at the end of a zip
ENCRYPTED = 0x1 | 0x40 | 0x2000


@dataclass(frozen=True)
class Collection:
    """The database of a package; `name` says which of Anki's formats it has."""

    name: str
    database: bytes


def opened(data: bytes, name: str) -> Collection:
    """The collection in a package. Raises Refused."""
    _check_ends(data, name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_entries(entries, len(data))
            held = _inflated(archive, entries)
    except (zipfile.BadZipFile, zlib.error, EOFError, struct.error) as error:
        raise Refused("broken", error) from error
    except (NotImplementedError, RuntimeError) as error:
        raise Refused("broken", type(error).__name__) from error
    for candidate in COLLECTIONS:
        if candidate in held:
            return Collection(candidate, _plain(candidate, held[candidate]))
    raise Refused("no_collection")


def _check_ends(data: bytes, name: str) -> None:
    """The archive begins and ends where the file does, and says how many entries it has."""
    if not data.startswith(b"PK\x03\x04"):
        raise Refused("garbage" if b"PK\x03\x04" in data and b"PK\x05\x06" in data else "zip", name)
    at = data.rfind(b"PK\x05\x06")
    if at < 0:
        raise Refused("cut", name)
    if at + END.size != len(data):
        raise Refused("garbage")
    _, _, _, _, entries, directory, start, _ = END.unpack_from(data, at)
    if entries > MOST_ENTRIES or directory > MOST_ENTRIES * 512:
        raise Refused("entries")
    if start + directory != at:
        raise Refused("garbage")


def _check_entries(entries: list[zipfile.ZipInfo], size: int) -> None:
    if len(entries) > MOST_ENTRIES:
        raise Refused("entries")
    seen: set[str] = set()
    for entry in entries:
        _check_name(entry.orig_filename)
        folded = entry.filename.casefold()
        if folded in seen:
            raise Refused("twice", entry.filename)
        seen.add(folded)
        if entry.flag_bits & ENCRYPTED:
            raise Refused("encrypted", entry.filename)
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind and not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):
            raise Refused("link", entry.filename)
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused("method", entry.filename)
    if sum(entry.compress_size for entry in entries) > size:
        raise Refused("broken", "entries overlap")
    if min((entry.header_offset for entry in entries), default=0):
        raise Refused("garbage")


def _check_name(name: str) -> None:
    parts = re.split(r"[/\\]", name)
    drive = re.match(r"[A-Za-z]:", name)
    if not parts[0] or drive or ".." in parts or any(ord(c) < 32 for c in name):
        raise Refused("path", repr(name))
    for part in parts:
        if DEVICES.fullmatch(part.strip(" .")):
            raise Refused("device", name)


def _inflated(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    """The collections among the entries; all are inflated and counted."""
    total = 0
    held: dict[str, bytes] = {}
    for entry in entries:
        kept = bytearray() if entry.filename in COLLECTIONS else None
        size = 0
        with archive.open(entry) as stream:
            for chunk in _chunks(stream.read):
                if not size and chunk.startswith(ARCHIVES):
                    raise Refused("nested", entry.filename)
                size += len(chunk)
                total += len(chunk)
                _check_counts(entry.filename, size, entry.compress_size, total)
                if kept is not None:
                    if size > MOST_DATABASE:
                        raise Refused("database")
                    kept += chunk
        if kept is not None:
            held[entry.filename] = bytes(kept)
    return held


def _check_counts(name: str, size: int, packed: int, total: int) -> None:
    if total > MOST_BYTES:
        raise Refused("total")
    if size > FREE and size > MOST_RATIO * packed:
        raise Refused("ratio", name)


def _plain(name: str, data: bytes) -> bytes:
    """The database itself: the newest format compresses it once more."""
    if not name.endswith("b"):
        return data
    try:
        import zstandard
    except ImportError as error:
        raise Refused("new_format") from error
    if not data.startswith(ZSTD):
        raise Refused("broken", name)
    out = bytearray()
    stream = zstandard.ZstdDecompressor(max_window_size=128 * MIB).decompressobj()
    try:
        for at in range(0, len(data), SIP):
            out += stream.decompress(data[at : at + SIP])
            if len(out) > MOST_DATABASE:
                raise Refused("database")
            _check_counts(name, len(out), len(data), len(out))
            if stream.eof:
                break
    except zstandard.ZstdError as error:
        raise Refused("broken", error) from error
    if not stream.eof or stream.unused_data or at + SIP < len(data):
        raise Refused("broken", name)
    return bytes(out)


def _chunks(read: Callable[[int], bytes]) -> Iterator[bytes]:
    while chunk := read(CHUNK):
        yield chunk
