"""Runs a command in a pseudo-terminal of 200 columns: what it prints goes to stdout, what comes on stdin is typed."""

import fcntl
import os
import pty
import select
import struct
import sys
import termios

pid, master = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
    os.execvp(sys.argv[1], sys.argv[1:])

watched = [master, 0]
while True:
    ready, _, _ = select.select(watched, [], [])
    if 0 in ready:
        typed = os.read(0, 65536)
        if typed:
            os.write(master, typed)
        else:
            watched.remove(0)
    if master in ready:
        try:
            printed = os.read(master, 65536)
        except OSError:  # The other side is closed.
            break
        if not printed:
            break
        os.write(1, printed)

_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status))
