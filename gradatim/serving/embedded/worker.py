"""The process of one loaded model: answers on a Unix socket until its parent is gone.

A process of its own, because C++ threads must neither be in the way of an interpreter that ends nor end it when they
fail, loading a model holds the interpreter's lock, and a process can be ended at any moment. Run as a script, with
what to load as JSON in its argument; it imports nothing of gradatim.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import sys
from importlib import import_module
from typing import Any

LOOK_SECONDS = 1.0
"""How often the process looks whether its parent is still there."""


def main() -> None:
    order: dict[str, Any] = json.loads(sys.argv[1])
    answer = os.dup(1)
    os.dup2(2, 1)  # whatever the library prints belongs into the log
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a person who stops the program stops the parent
    sys.path.append(order["library"])
    try:
        # Kept to the very end: a server that is taken down just when it has started waits for itself forever.
        _kept = serve(order, answer)
    finally:
        shutil.rmtree(os.path.dirname(order["socket"]), ignore_errors=True)
        os._exit(0)  # threads of the library may be anywhere


def serve(order: dict[str, Any], answer: int) -> Any:
    """Load the model, say so, and stay until the parent is gone."""
    try:
        server, devices = load(order)
        told: dict[str, Any] = {"devices": devices}
    except Exception as error:  # noqa: BLE001  told to the parent, which tells the person
        server, told = None, {"error": str(error)}
    try:
        os.write(answer, json.dumps(told).encode() + b"\n")
    except BrokenPipeError:  # the parent is gone already
        return server
    while server is not None and os.getppid() == order["parent"]:
        if select.select([0], [], [], LOOK_SECONDS)[0]:  # nothing is ever written there: it is closed
            break
    return server


def load(order: dict[str, Any]) -> tuple[Any, list[str]]:
    """The running server and the devices beside the CPU that it may use."""
    xllamacpp: Any = import_module("xllamacpp")
    kinds = xllamacpp.ggml_backend_dev_type
    cpu = (kinds.GGML_BACKEND_DEVICE_TYPE_CPU, kinds.GGML_BACKEND_DEVICE_TYPE_ACCEL)
    devices = [str(item["description"]) for item in xllamacpp.get_device_info() if item["type"] not in cpu]
    params: Any = xllamacpp.CommonParams()
    params.model.path = order["path"]
    params.model_alias = {order["name"]}
    # Pages of the file are used where they lie: loading reads only what is needed, and processes share them.
    params.load_mode = xllamacpp.llama_load_mode.LLAMA_LOAD_MODE_MMAP
    # The copy of some weights that is rearranged for this processor stays on: prompts are read up to a tenth faster.
    params.no_extra_bufts = False
    params.n_ctx = order["context"]
    params.n_batch = params.n_ubatch = order["batch"]
    params.n_parallel = order["slots"]
    params.kv_unified = True
    params.cache_prompt = True
    params.cache_ram_mib = order["cache_mib"]
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = order["threads"]
    # no busy waiting: programs run in sandboxes on the same cores while the model writes
    params.cpuparams.poll = params.cpuparams_batch.poll = 0
    if not devices:
        params.n_gpu_layers = 0
        params.fit_params = False  # there is nothing to fit the layers to
    elif order["gpu_layers"] is not None:
        params.n_gpu_layers = order["gpu_layers"]
    params.warmup = False
    params.ui = False
    params.verbosity = order["verbosity"]
    params.hostnames = [order["socket"]]
    return xllamacpp.Server(params), devices


if __name__ == "__main__":
    main()
