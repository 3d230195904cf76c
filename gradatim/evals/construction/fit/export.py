"""Writing a trained network as the files that `gradatim.kg.construction` reads without torch.

The reader's matrices become 8-bit numbers with one scale for each output, everything of the judges float16.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gradatim.evals.construction.fit.tensors import Vocabulary

_LARGEST = 127
_MATRICES = ("qkv", "out", "up", "down")
_NORMS = ("norm", "final_norm")
_PLACE_PARTS = ("first", "second", "between", "mix", "out")


def export(network: Any, vocabulary: Vocabulary, folder: Path) -> list[Path]:
    """Write `reader.npz`, `concepts.npz` and `relations.npz`; gives the files.

    Args:
        network: A `network.Network`.
        vocabulary: The signs it knows.
        folder: Made where there is none; files in it are replaced.
    """
    import numpy as np

    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for name, arrays in (
        ("reader", reader_arrays(network.layers)),
        ("concepts", concept_arrays(network.phrases)),
        ("relations", relation_arrays(network.pairs, vocabulary)),
    ):
        path = folder / f"{name}.npz"
        np.savez_compressed(path, **arrays)
        written.append(path)
    return written


def reader_arrays(layers: Any) -> dict[str, Any]:
    """What `reader.CourseReader` reads: of each layer, matrices (inputs, outputs) of int8 with scales (outputs,).

    A weight is its 8-bit number times its output's scale, so that the largest weight of an output is ±127.
    """
    import numpy as np

    arrays: dict[str, Any] = {}
    for number, layer in enumerate(layers):
        for name in _MATRICES:
            matrix = _matrix(getattr(layer, name))
            scale = np.abs(matrix).max(axis=0) / _LARGEST
            arrays[f"{number}.{name}"] = (matrix / scale).round().astype(np.int8)
            arrays[f"{number}.{name}.scale"] = scale.astype(np.float32)
            arrays[f"{number}.{name}_bias"] = _array(getattr(layer, name).bias)
        for name in _NORMS:
            arrays[f"{number}.{name}"] = _array(getattr(layer, name).weight)
            arrays[f"{number}.{name}_bias"] = _array(getattr(layer, name).bias)
    return arrays


def concept_arrays(judge: Any) -> dict[str, Any]:
    """What `judges.ConceptJudge` reads."""
    return _halved(
        {
            "hidden": _matrix(judge.hidden),
            "hidden_bias": _array(judge.hidden.bias),
            "out": _array(judge.out.weight[0]),
            "linear": _array(judge.linear.weight[0]),
            "bias": _array((judge.out.bias + judge.linear.bias)[0]),
        }
    )


def relation_arrays(judge: Any, vocabulary: Vocabulary) -> dict[str, Any]:
    """What `judges.RelationJudge` reads; the signs' rows are in the order of their names in `signs`."""
    import numpy as np

    arrays: dict[str, Any] = {}
    for name in _PLACE_PARTS:
        arrays[name] = _matrix(getattr(judge, name))
        arrays[f"{name}_bias"] = _array(getattr(judge, name).bias)
    for name in ("embedding", "linear"):
        arrays[name] = _array(getattr(judge, name).weight[:-1])
    arrays["pair_linear"] = _matrix(judge.pair_linear)
    arrays["pair_bias"] = _array(judge.pair_linear.bias)
    for name in ("pair_hidden", "pair_out"):
        arrays[name] = _matrix(getattr(judge, name))
        arrays[f"{name}_bias"] = _array(getattr(judge, name).bias)
    signs = {"signs": vocabulary.signs, "pair_signs": vocabulary.pair_signs}
    return {
        **{name: np.array(sorted(numbers, key=numbers.__getitem__), np.str_) for name, numbers in signs.items()},
        **_halved(arrays),
    }


def _matrix(linear: Any) -> Any:
    """Weights of a linear part as (inputs, outputs); torch keeps (outputs, inputs)."""
    return _array(linear.weight).T.copy()


def _array(tensor: Any) -> Any:
    import numpy as np

    return tensor.detach().numpy().astype(np.float32)


def _halved(arrays: dict[str, Any]) -> dict[str, Any]:
    import numpy as np

    return {name: values.astype(np.float16) for name, values in arrays.items()}
