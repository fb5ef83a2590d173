"""Starts the server, runs the contract program against it, and prints what the program prints.

    python run.py [--only PREFIX] [--silence SECONDS] PROGRAM ...

PROGRAM may be several words, such as `wine contract.exe`; --only runs some rows. If the program ends with an error or says nothing
for a minute, or for as long as --silence says, a line says so for the row at which it was, and the program goes on behind that row.
"""

import argparse
import os
import queue
import subprocess
import sys
import threading

# No row says nothing for longer, unless it hangs.
SILENCE = 60

# What the program ends with if one of its threads never ends.
HANGS = 3


def lines_of(program, arguments, silence):
    """Yields the lines of one run, and returns how it ended. A run that says nothing for too long is stopped."""
    process = subprocess.Popen(program + arguments, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    lines = queue.Queue()

    def read():
        for line in process.stdout:
            lines.put(line.decode("utf-8", "replace").rstrip("\r\n"))
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    while True:
        try:
            line = lines.get(timeout=silence)
        except queue.Empty:
            process.kill()
            process.wait()
            return "timeout"
        if line is None:
            return {0: "end", HANGS: "timeout"}.get(process.wait(), "crash")
        yield line


def run(program, address, only, silence):
    ids = [id for id in subprocess.check_output(program + ["--list"], text=True).split() if id.startswith(only)]
    after = []
    while True:
        arguments = address + ["--rows", "--only", only] + after
        lines, last = lines_of(program, arguments, silence), None
        while True:
            try:
                line = next(lines)
            except StopIteration as stop:
                ending = stop.value
                break
            if line.startswith("row "):
                last = line[4:]
            else:
                print(line, flush=True)
        if ending == "end":
            return
        if last is None:
            sys.exit(f"the program does not run: {ending}")
        print(f"{last}: {ending}", flush=True)
        if last == ids[-1]:
            return
        after = ["--after", last]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="")
    parser.add_argument("--silence", type=float, default=SILENCE)
    parser.add_argument("program")
    # With switches of its own, such as those of valgrind.
    parser.add_argument("more", nargs=argparse.REMAINDER)
    given = parser.parse_args()
    folder = os.path.dirname(os.path.abspath(__file__))
    server = subprocess.Popen([sys.executable, "-B", os.path.join(folder, "server.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        port = server.stdout.readline().split()[1].decode()
        run([given.program] + given.more, ["127.0.0.1", port], given.only, given.silence)
    finally:
        server.stdin.close()
        server.wait()


if __name__ == "__main__":
    main()
