"""`gradatim bench conversion`: a checkpoint of ChatGLM3-6B's shape, made of random weights, converted and verified.

It is written the way the publisher writes it (16-bit, about 1.9 GB a file; `.bin` where torch is there to write it,
otherwise safetensors), converted and then verified against its source in a process of its own, whose memory is
watched. The tokenizer, which has no weights, is left out. `--sample N` takes N layers of 28; where the disk is too
small for all, as many as fit are taken. `--data DIR` names the folder to work in, the temporary folder otherwise.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from gradatim.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from gradatim.app.bench import BenchRequest, Figures

LAYERS = 28
SHARD_BYTES = 1_970_000_000
"""Data in one file of the published checkpoint, at most."""
_ITEM = 2
_SIZES = ("hidden_size", "ffn_hidden_size", "padded_vocab_size", "kv_channels")
_SLACK = 1 << 30
_SEED = 6
_CONFIG: Mapping[str, Any] = {
    "model_type": "chatglm",
    "architectures": ["ChatGLMModel"],
    "add_bias_linear": False,
    "add_qkv_bias": True,
    "apply_residual_connection_post_layernorm": False,
    "ffn_hidden_size": 13696,
    "hidden_size": 4096,
    "kv_channels": 128,
    "layernorm_epsilon": 1e-05,
    "multi_query_attention": True,
    "multi_query_group_num": 2,
    "num_attention_heads": 32,
    "num_layers": LAYERS,
    "original_rope": True,
    "padded_vocab_size": 65024,
    "post_layer_norm": True,
    "rmsnorm": True,
    "seq_length": 8192,
    "tie_word_embeddings": False,
    "eos_token_id": 2,
    "pad_token_id": 0,
}


def conversion(request: BenchRequest) -> Figures:
    """Memory over the largest weight file, seconds, and how much of 6B was converted.

    Raises:
        StorageError: The disk has no room even for one layer.
        InputError: `--data` names no folder.
    """
    parent = request.data_folder("room for two copies of the weights") if request.data else None
    with tempfile.TemporaryDirectory(prefix="gradatim-bench-", dir=parent) as name:
        folder = Path(name)
        layers = _layers(folder, request.sample)
        form = "bin" if find_spec("torch") else "safetensors"
        source = folder / "source"
        request.say(
            f"writing {layers} of {LAYERS} layers of random weights as .{form} ({2 * _size(layers) / 1e9:.1f} GB)"
        )
        largest = _write_checkpoint(source, layers, form)
        request.say("converting and verifying in a process of its own")
        measured = _measured(source, folder / "made")
    peak = max(measured["convert_peak"], measured["verify_peak"])
    size = measured["bytes"]
    return {
        "layers": layers,
        "share_of_6b": round(_size(layers) / _size(LAYERS), 3),
        "form": form,
        "weights_gb": round(size / 1e9, 2),
        "largest_file_mb": round(largest / 1e6, 1),
        "peak_memory_mb": round(peak / 1e6, 1),
        "imports_memory_mb": round(measured["baseline"] / 1e6, 1),
        "peak_over_largest_file": round(peak / largest, 4),
        "bound": 1.3,
        "convert_s": round(measured["convert_s"], 1),
        "convert_cpu_s": round(measured["convert_cpu_s"], 1),
        "convert_gb_per_s": round(size / 1e9 / measured["convert_s"], 3),
        "verify_s": round(measured["verify_s"], 1),
        "tensors": measured["tensors"],
        "differences": measured["differences"],
    }


def _size(layers: int) -> int:
    """Numbers in a checkpoint of so many layers."""
    return sum(math.prod(shape) for shape in _shapes(layers).values())


def _shapes(layers: int) -> dict[str, tuple[int, ...]]:
    """Names and shapes, in the publisher's order."""
    hidden, ffn, vocab, width = (int(_CONFIG[key]) for key in _SIZES)
    queries = _CONFIG["num_attention_heads"] * width
    fused = queries + 2 * _CONFIG["multi_query_group_num"] * width
    inside = {
        "input_layernorm.weight": (hidden,),
        "self_attention.query_key_value.weight": (fused, hidden),
        "self_attention.query_key_value.bias": (fused,),
        "self_attention.dense.weight": (hidden, queries),
        "post_attention_layernorm.weight": (hidden,),
        "mlp.dense_h_to_4h.weight": (2 * ffn, hidden),
        "mlp.dense_4h_to_h.weight": (hidden, ffn),
    }
    return {
        "transformer.embedding.word_embeddings.weight": (vocab, hidden),
        "transformer.rotary_pos_emb.inv_freq": (width // 4,),
        **{f"transformer.encoder.layers.{n}.{name}": shape for n in range(layers) for name, shape in inside.items()},
        "transformer.encoder.final_layernorm.weight": (hidden,),
        "transformer.output_layer.weight": (vocab, hidden),
    }


def _layers(folder: Path, wanted: int | None) -> int:
    """As many layers as are wanted and fit twice on the disk."""
    free = shutil.disk_usage(folder).free
    for layers in range(min(wanted or LAYERS, LAYERS), 0, -1):
        if free > 2 * _ITEM * _size(layers) + _SLACK:
            return layers
    raise StorageError(
        f"the disk has {free / 1e9:.1f} GB free, one layer needs {(2 * _ITEM * _size(1) + _SLACK) / 1e9:.1f} GB",
        place=str(folder),
        remedy="name a folder on a larger disk with --data",
    )


def _write_checkpoint(folder: Path, layers: int, form: str) -> int:
    """Write the checkpoint; returns the bytes of its largest file."""
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({**_CONFIG, "num_layers": layers}), "utf-8")
    files: list[dict[str, tuple[int, ...]]] = [{}]
    filled = 0
    for name, shape in _shapes(layers).items():
        size = _ITEM * math.prod(shape)
        if filled + size > SHARD_BYTES:
            files.append({})
            filled = 0
        files[-1][name] = shape
        filled += size
    stem = "pytorch_model" if form == "bin" else "model"
    names = [f"{stem}-{number:05}-of-{len(files):05}.{form}" for number in range(1, len(files) + 1)]
    for number, (name, shapes) in enumerate(zip(names, files, strict=True)):
        _write_file(folder / name, shapes, form, _SEED + number)
    weight_map = {tensor: name for name, shapes in zip(names, files, strict=True) for tensor in shapes}
    (folder / f"{stem}.{form}.index.json").write_text(json.dumps({"weight_map": weight_map}), "utf-8")
    return max((folder / name).stat().st_size for name in names)


def _write_file(path: Path, shapes: Mapping[str, tuple[int, ...]], form: str, seed: int) -> None:
    import numpy as np

    chance = np.random.Generator(np.random.SFC64(seed))
    if form == "bin":
        torch: Any = import_module("torch")
        weights = {name: torch.from_numpy(_weights(chance, shape)) for name, shape in shapes.items()}
        torch.save(weights, path)
        return
    from gradatim.serving.conversion.safetensors_file import header_of

    with path.open("wb") as stream:
        stream.write(header_of((name, "F16", shape) for name, shape in shapes.items()))
        for shape in shapes.values():
            stream.write(_weights(chance, shape).data)


def _weights(chance: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float16]:
    """Random 16-bit numbers of magnitude 2⁻⁷ to 2⁻³, made of raw bits because there are billions of them."""
    import numpy as np

    bits = np.frombuffer(bytearray(chance.bytes(_ITEM * math.prod(shape))), np.uint16)
    # sign, two free bits of the exponent and the mantissa are random; the rest of the exponent is 0b010
    np.bitwise_and(bits, 0x8FFF, out=bits)
    np.bitwise_or(bits, 0x2000, out=bits)
    return bits.view(np.float16).reshape(shape)


def _measured(source: Path, target: Path) -> dict[str, Any]:
    code = "from gradatim.app.bench.conversion import convert_watched; convert_watched()"
    command = [sys.executable, "-c", code, str(source), str(target)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise StorageError(
            f"the conversion ended with {done.returncode}: {done.stderr.strip()[-500:]}",
            place=str(target),
            remedy="see that the folder has room; `gradatim model convert` on a checkpoint of yours says more",
        )
    return json.loads(done.stdout.splitlines()[-1])


def convert_watched() -> None:
    """What the process of its own does: converts `argv[1]` to `argv[2]` and writes what it took, as JSON."""
    from gradatim.serving.conversion.chatglm3 import ConversionRequest, convert_chatglm3
    from gradatim.serving.conversion.verification import verify_conversion

    source, target = map(Path, sys.argv[1:3])
    baseline = _memory("VmRSS")
    begin, cpu = perf_counter(), sum(os.times()[:2])
    made = convert_chatglm3(ConversionRequest(source, target, with_tokenizer=False))
    converted, convert_cpu = perf_counter(), sum(os.times()[:2]) - cpu
    convert_peak = _memory("VmHWM") - baseline
    checked = verify_conversion(target, source)
    figures = {
        "baseline": baseline,
        "convert_peak": convert_peak,
        "verify_peak": _memory("VmHWM") - baseline,
        "convert_s": converted - begin,
        "convert_cpu_s": convert_cpu,
        "verify_s": perf_counter() - converted,
        "bytes": made.record.weight_bytes,
        "tensors": checked.tensors,
        "differences": len(checked.differences),
    }
    sys.stdout.write(json.dumps(figures) + "\n")


def _memory(kind: str) -> int:
    """Bytes of this process in memory: now (`VmRSS`), or at the most so far (`VmHWM`)."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith(f"{kind}:"):
            return int(line.split()[1]) * 1024
    raise StorageError("the kernel does not tell how much memory is used", place="/proc/self/status")
