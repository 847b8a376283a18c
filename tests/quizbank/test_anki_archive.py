"""A package that is not what it says is refused before anything of it is written."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from quizbank.exchange.anki import archive
from quizbank.exchange.anki.reading import read_here
from quizbank.exchange.anki.refusals import REASONS, Refused
from tests.quizbank.anki_cast import collection, package, zipped

SOUND = {"collection.anki2": collection()}


def renamed(name: str) -> bytes:
    return zipped({**SOUND, name: b"x"})


def symlink() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("collection.anki2", SOUND["collection.anki2"])
        entry = zipfile.ZipInfo("0")
        entry.external_attr = 0o120777 << 16
        packed.writestr(entry, "/etc/passwd")
    return out.getvalue()


def doubled() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("collection.anki2", SOUND["collection.anki2"])
        packed.writestr("media", b"{}")
        with pytest.warns(UserWarning, match="Duplicate"):
            packed.writestr("media", b"{}")
    return out.getvalue()


def encrypted() -> bytes:
    data = bytearray(zipped(SOUND))
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    return bytes(data)


def lying() -> bytes:
    """Four mebibytes of nothing whose headers speak of one byte."""
    data = bytearray(zipped({**SOUND, "0": bytes(4 << 20)}))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<L", 1)
    return bytes(data)


def method(number: int) -> bytes:
    data = bytearray(zipped(SOUND))
    data[data.index(b"PK\x01\x02") + 10] = number
    return bytes(data)


def broken_crc() -> bytes:
    data = bytearray(zipped(SOUND, zipfile.ZIP_STORED))
    data[200] ^= 1
    return bytes(data)


HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "no zip": ("zip", lambda: b"front,back\n1,2\n"),
    "nothing": ("zip", lambda: b""),
    "half a zip": ("cut", lambda: zipped(SOUND)[:200]),
    "something before": ("garbage", lambda: b"MZ\x00" + zipped(SOUND)),
    "something after": ("garbage", lambda: zipped(SOUND) + b"x"),
    "something between": (
        "garbage",
        lambda: (lambda z, at: z[:at] + b"!" + z[at:])(
            zipped(SOUND), zipped(SOUND).rindex(b"PK\5\6")
        ),
    ),
    "encrypted": ("encrypted", encrypted),
    "another compression": ("method", lambda: method(14)),
    "a wrong checksum": ("broken", broken_crc),
    "many entries": ("entries", lambda: zipped({**SOUND, **{str(n): b"" for n in range(5_001)}})),
    "a bomb": ("ratio", lambda: zipped({**SOUND, "0": bytes(4 << 20)})),
    "a small lie": ("broken", lying),
    "an archive inside": ("nested", lambda: zipped({**SOUND, "0": zipped({"a": b"a"})})),
    "a compressed file inside": ("nested", lambda: zipped({**SOUND, "0": b"\x1f\x8b\x08\x00"})),
    "a link": ("link", symlink),
    "upwards": ("path", lambda: renamed("../collection.anki2")),
    "upwards inside": ("path", lambda: renamed("a/../../b")),
    "upwards in Windows": ("path", lambda: renamed("a\\..\\b")),
    "from the root": ("path", lambda: renamed("/etc/passwd")),
    "a drive": ("path", lambda: renamed("C:evil")),
    "a device": ("device", lambda: renamed("con")),
    "a device with an ending": ("device", lambda: renamed("media/LPT1.txt")),
    "the same name twice": ("twice", doubled),
    "the same name in capitals": ("twice", lambda: zipped({**SOUND, "a": b"", "A": b""})),
    "no collection": ("no_collection", lambda: zipped({"media": b"{}"})),
    "no database": ("no_sqlite", lambda: zipped({"collection.anki2": b"SELECT 1" * 9})),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_it_is_refused_and_nothing_is_written(what: str, tmp_path: Path) -> None:
    code, make = HOSTILE[what]
    with pytest.raises(Refused) as refused:
        read_here(make(), "notes.apkg", tmp_path)
    assert refused.value.code == code
    assert "{" not in refused.value.text.zh + refused.value.text.en
    if code != "no_sqlite":  # which is seen where it lies, under a name of ours
        assert list(tmp_path.iterdir()) == []


def test_a_sound_package_is_read(tmp_path: Path) -> None:
    assert len(read_here(package(), "notes.apkg", tmp_path).notes) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["collection"]


def test_all_that_comes_out_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    noise = bytes(range(256)) * 64
    data = zipped({**SOUND, "0": noise, "1": noise})
    size = len(SOUND["collection.anki2"])
    for limit, code in (("MOST_BYTES", "total"), ("MOST_DATABASE", "database")):
        with monkeypatch.context() as patch:
            patch.setattr(archive, limit, size - 1 if limit == "MOST_DATABASE" else size + 20_000)
            with pytest.raises(Refused) as refused:
                archive.opened(data, "")
        assert refused.value.code == code


def test_entries_that_share_their_bytes_are_refused() -> None:
    data = bytearray(zipped({**SOUND, "0": b"x" * 50_000}, zipfile.ZIP_STORED))
    first, last = data.index(b"PK\x01\x02"), data.rindex(b"PK\x01\x02")
    for field in (slice(16, 28), slice(42, 46)):  # checksum and sizes; where it lies
        data[last + field.start : last + field.stop] = data[
            first + field.start : first + field.stop
        ]
    with pytest.raises(Refused) as refused:
        archive.opened(bytes(data), "")
    assert refused.value.code == "broken"


def test_the_newest_collection_is_taken() -> None:
    data = zipped({"collection.anki2": b"please update", "collection.anki21": b"newer"})
    assert archive.opened(data, "") == archive.Collection("collection.anki21", b"newer")


def test_the_newest_format_is_unpacked_within_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    zstandard = pytest.importorskip("zstandard")
    packed = zstandard.compress(SOUND["collection.anki2"])
    found = archive.opened(zipped({"collection.anki21b": packed}), "")
    assert found.database == SOUND["collection.anki2"]
    hostile = {
        "ratio": zstandard.compress(bytes(8 << 20)),
        "broken": packed[:-9],
    }
    for code, content in hostile.items():
        with pytest.raises(Refused) as refused:
            archive.opened(zipped({"collection.anki21b": content}, zipfile.ZIP_STORED), "")
        assert refused.value.code == code
    monkeypatch.setattr(archive, "MOST_DATABASE", len(SOUND["collection.anki2"]) - 1)
    with pytest.raises(Refused) as refused:
        archive.opened(zipped({"collection.anki21b": packed}), "")
    assert refused.value.code == "database"


def test_every_reason_is_said_in_both_languages() -> None:
    for code, text in REASONS.items():
        assert text.zh, code
        assert text.en, code
        assert ("{detail}" in text.zh) == ("{detail}" in text.en), code
