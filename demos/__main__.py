"""`python -m demos`: list, run and start experiments. Needs torch, numpy and scipy only.

python -m demos list
python -m demos run zero_init_symmetry --set spread=0.5
python -m demos run --all --workers 2 --json results.json --figures figures/
python -m demos run zero_init_symmetry --broken
python -m demos new batch_norm_noise
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from demos import cli


def main() -> int:
    arguments = parser().parse_args()
    try:
        status = int(arguments.command(arguments))
        sys.stdout.flush()
        return status
    except BrokenPipeError:  # the reader, `head` perhaps, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except cli.Refused as error:
        print(f"demos: {error}", file=sys.stderr)
        return 2


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m demos", description="Experiments on claims.")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    listing = commands.add_parser("list", help="every demo, its claims and what they decide")
    listing.set_defaults(command=cli.show_list)

    run = commands.add_parser("run", help="run demos and judge their claims")
    run.add_argument("slugs", nargs="*", metavar="SLUG")
    run.add_argument("--all", action="store_true", help="every demo")
    run.add_argument("--seeds", type=int, metavar="N", help="at most N seeds; below 64 a preview")
    run.add_argument("--first-seed", type=int, default=0, metavar="N", help="other seeds")
    run.add_argument("--purpose", choices=("deciding", "pilot", "tuning"), default="deciding")
    run.add_argument("--device", choices=("cpu", "cuda", "auto"), default="cpu")
    run.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    run.add_argument(
        "--workers", type=int, default=1, metavar="N", help="processes, one thread each"
    )
    run.add_argument("--broken", action="store_true", help="with the cause removed")
    run.add_argument("--json", metavar="FILE", help="write the results; - for standard output")
    run.add_argument("--figures", type=Path, metavar="DIR", help="write each figure as SVG")
    run.set_defaults(command=cli.run)

    new = commands.add_parser("new", help="write the skeleton of a demo, which fails until filled")
    new.add_argument("slug")
    new.set_defaults(command=cli.new)
    return top


if __name__ == "__main__":
    sys.exit(main())
