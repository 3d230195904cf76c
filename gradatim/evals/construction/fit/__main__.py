"""`python -m gradatim.evals.construction.fit --initial PATH --out FOLDER`: train on the packaged texts."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from gradatim.errors import GradatimError, ModelError
from gradatim.evals.construction.fit.training import Plan


def main(arguments: Sequence[str] | None = None) -> int:
    """Train and write the weights after every epoch; gives the exit code."""
    options = _parser().parse_args(arguments)
    try:
        _fit(options)
    except GradatimError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


def _parser() -> argparse.ArgumentParser:
    plan = Plan()
    parser = argparse.ArgumentParser(prog="python -m gradatim.evals.construction.fit", description=_fit.__doc__)
    parser.add_argument("--initial", type=Path, required=True, metavar="PATH", help="all-MiniLM-L6-v2 as safetensors")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where the three files are written")
    parser.add_argument("--epochs", type=int, default=plan.epochs, help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=plan.seed, help="default: %(default)s")
    parser.add_argument("--threads", type=int, default=2, help="of torch; default: %(default)s")
    return parser


def _fit(options: argparse.Namespace) -> None:
    """Train the reader and the judges of concept graphs on the packaged annotated texts."""
    if find_spec("torch") is None:
        raise ModelError("torch is not installed", remedy="pip install gradatim[training]")
    from gradatim.evals.construction.fit.examples import examples
    from gradatim.evals.construction.fit.export import export
    from gradatim.evals.construction.fit.initial import published_layers
    from gradatim.evals.construction.fit.reading import readings
    from gradatim.evals.construction.fit.segments import packaged_segments
    from gradatim.evals.construction.fit.training import train
    from gradatim.kg.construction.background import default_background
    from gradatim.kg.construction.language import default_parser
    from gradatim.serving.pieces import MiniLMPieces

    import_module("torch").set_num_threads(options.threads)
    initial = published_layers(options.initial)
    read = list(examples(readings(packaged_segments(), default_parser(), default_background()), MiniLMPieces()))
    phrases, pairs = sum(len(item.labels) for item in read), sum(len(item.pairs) for item in read)
    _say(f"{len(read)} segments, {phrases} phrases, {pairs} pairs of concepts")
    for epoch in train(read, Plan(epochs=options.epochs, seed=options.seed), initial):
        export(epoch.network, epoch.vocabulary, options.out)
        _say(f"epoch {epoch.number + 1} of {options.epochs}: loss {epoch.loss:.4f}")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
