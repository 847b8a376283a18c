"""Random numbers: one stream per (demo, seed, name), drawn on the CPU and copied.

Seed i therefore sees the same numbers whatever the batch, the order or the device, and the
kit knows which runs had equal inputs, because it keeps a fingerprint of all it handed out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
import torch

Numbers = Annotated[npt.NDArray[np.float64], "number"]  # [S], one number a seed
Logs = Annotated[npt.NDArray[np.float64], "log10"]  # [S], shown as 10 to that power
Counts = Annotated[npt.NDArray[np.int64], "count"]  # [S], an integer a seed
Series = Annotated[npt.NDArray[np.float64], "series"]  # [S, X], drawn but not judged

Law = Literal["normal", "uniform", "exponential", "integers"]


class Seeds:
    """The seeds of one batch. `label` names demo and purpose ("deciding", "pilot", "tuning")."""

    def __init__(self, label: str, numbers: Sequence[int]) -> None:
        self.label = label
        self.numbers = tuple(numbers)
        self._prints = [hashlib.blake2b(digest_size=16) for _ in self.numbers]

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def keys(self) -> list[str]:
        """A fingerprint of everything each seed was given so far; equal for equal inputs."""
        return [fingerprint.hexdigest() for fingerprint in self._prints]

    def saw(self, row: int, values: torch.Tensor) -> None:
        self._prints[row].update(values.numpy().tobytes())


def draws(
    seeds: Seeds,
    stream: str,
    *shape: int,
    law: Law = "normal",
    std: float = 1.0,
    low: float = 0.0,
    high: float = 1.0,
    dtype: torch.dtype = torch.float32,
    device: str = "cpu",
) -> torch.Tensor:
    """Independent draws [S, *shape] from the named stream of each seed.

    `std` scales the normal law, `low` and `high` bound the uniform one; integers are drawn
    from low..high-1; the exponential law has mean 1. Drawing again from the same stream of
    the same seed gives the same numbers.
    """
    drawn = torch.empty(len(seeds), *shape, dtype=torch.int64 if law == "integers" else dtype)
    generator = torch.Generator()
    for row, number in enumerate(seeds.numbers):
        generator.manual_seed(_stream_seed(seeds.label, number, stream))
        if law == "normal":
            drawn[row].normal_(0, 1, generator=generator)
        elif law == "uniform":
            drawn[row].uniform_(0, 1, generator=generator)
        elif law == "exponential":
            drawn[row].exponential_(1.0, generator=generator)
        else:
            drawn[row].random_(int(low), int(high), generator=generator)
        seeds.saw(row, drawn[row])
    if law == "normal" and std != 1.0:
        drawn *= std
    if law == "uniform" and (low, high) != (0.0, 1.0):
        drawn = low + (high - low) * drawn
    return drawn.to(device)


def numbers(values: torch.Tensor) -> Numbers:
    """A tensor as the float64 array that Measurements hold."""
    return values.detach().to("cpu", torch.float64).numpy()


def counts(values: torch.Tensor) -> Counts:
    """A tensor of integers as the int64 array that Measurements hold."""
    return values.detach().to("cpu", torch.int64).numpy()


def _stream_seed(label: str, number: int, stream: str) -> int:
    name = f"{label}:{number}:{stream}".encode()
    return int.from_bytes(hashlib.blake2b(name, digest_size=8).digest()) & (2**63 - 1)
