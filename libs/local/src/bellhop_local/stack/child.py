"""How a server is tied to its parent: this runs between fork and exec, as a program of its own.

    python -I -S child.py PARENT_PID SIGNAL same|namespace|nobody COMMAND…

The kernel sends SIGNAL to the server when the parent dies, however it dies. PostgreSQL refuses to
run as root, so root becomes an ordinary user: in a user namespace where that is allowed (files
still belong to root, nothing in the home folder has to be opened up), else as `nobody`.
Standard library only, and imported by nobody, so that it starts in a few milliseconds.
"""

import ctypes
import os
import pwd
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000
ORDINARY_ID = 65534


def main() -> None:
    parent, death_signal, identity, *command = sys.argv[1:]
    if identity == "namespace":
        _enter_namespace()
    elif identity == "nobody":
        _become_nobody()
    # After every change of identity: such a change clears the signal.
    _die_with(int(parent), int(death_signal))
    os.execv(command[0], command)  # noqa: S606


def _enter_namespace() -> None:
    user, group = os.geteuid(), os.getegid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"no user namespace: {os.strerror(code)}")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{ORDINARY_ID} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{ORDINARY_ID} {group} 1")


def _become_nobody() -> None:
    nobody = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setgid(nobody.pw_gid)
    os.setuid(nobody.pw_uid)


def _die_with(parent: int, death_signal: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death_signal)
    if os.getppid() != parent:
        raise SystemExit("the parent died before its server could start")


if __name__ == "__main__":
    main()
