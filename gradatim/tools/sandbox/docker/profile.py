"""The system calls that a container of ours may make, as the engine wants them told."""

from __future__ import annotations

import json

from gradatim.tools.sandbox.inner import syscalls

_STARTING = (
    "execve", "execveat", "wait4", "waitid", "tkill", "setsid", "setpgid", "fchdir", "capget", "capset", "setgroups",
    "setresuid", "setresgid", "setuid", "setgid", "openat2", "pidfd_open", "pidfd_send_signal", "epoll_pwait2",
    "rt_tgsigqueueinfo", "mincore", "readlink", "getpgrp",
)  # fmt: skip
"""What the container's runtime and its init do, after the profile is in force and before the server confines itself."""
_NEW_NAMESPACES = 0x7E020080
"""Every `CLONE_NEW*` flag that `clone` takes (`linux/sched.h`)."""
_EPERM, _ENOSYS = 1, 38


def profile() -> str:
    """A seccomp profile (JSON of the OCI runtime's `linux.seccomp`) stricter than the engine's own.

    It holds no call that makes a socket, a namespace, a mount or a kernel object, traces, or reaches another
    process's memory; the server narrows it further for itself and for each tested program.
    """
    allowed = sorted({*syscalls.names(), *_STARTING} - {"clone", "clone3", "socketpair"})
    rules: list[dict[str, object]] = [
        {"names": allowed, "action": "SCMP_ACT_ALLOW"},
        {
            "names": ["clone"],
            "action": "SCMP_ACT_ALLOW",
            "args": [{"index": 0, "value": _NEW_NAMESPACES, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}],
        },
        # Its flags hide behind a pointer; told that there is no such call, the C library takes `clone`.
        {"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": _ENOSYS},
        {
            "names": ["socketpair"],
            "action": "SCMP_ACT_ALLOW",
            "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}],
        },
    ]
    architectures: list[dict[str, object]] = [
        {"architecture": "SCMP_ARCH_X86_64", "subArchitectures": []},
        {"architecture": "SCMP_ARCH_AARCH64", "subArchitectures": []},
    ]
    return json.dumps(
        {"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": _EPERM, "archMap": architectures, "syscalls": rules}
    )
