"""Becomes another program, as another user, that ends when the process PARENT ends (on Linux).

A script of the standard library alone, run between the fork and the program: what it does is
not safe in a fork of a process with threads.

    tied.py PARENT SIGNAL UID GID PROGRAM [ARGUMENT ...]        UID and GID: - to stay who one is
"""

import ctypes
import os
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, by, uid, gid, *program = sys.argv[1:]
    if uid != "-":
        os.setgroups([])
        os.setgid(int(gid))
        os.setuid(int(uid))
    if sys.platform == "linux":  # after the change of user, which would undo it
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(by))
        if os.getppid() != int(parent):
            sys.exit("the parent ended before the start")
    os.execv(program[0], program)  # noqa: S606


main()
