"""`python -m quizbank.exchange.anki DIRECTORY NAME`: a package on stdin, its notes on stdout."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from quizbank.exchange.anki import child
from quizbank.exchange.anki.reading import read_here, to_json
from quizbank.exchange.anki.refusals import Refused


def main(place: str, name: str) -> int:
    child.restrict()
    try:
        answer = to_json(read_here(sys.stdin.buffer.read(), name, Path(place)))
    except Refused as refused:
        answer = {"refused": refused.code, "detail": refused.detail}
    except MemoryError:
        return child.OUT_OF_MEMORY
    json.dump(answer, sys.stdout, ensure_ascii=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
