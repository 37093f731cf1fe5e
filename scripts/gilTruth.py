"""Loads extension modules one by one in a free-threaded interpreter, each in a process of its own, and says whether the
GIL came on. Reads one JSON object from standard input: {"wheel": path, "into": folder, "paths": [folders for sys.path],
"modules": [path in the wheel, ...]}; writes one JSON object per module. Used by gilAccuracy.mjs only."""

import _imp
import importlib.machinery
import importlib.util
import json
import os
import signal
import sys
import zipfile

SECONDS_PER_MODULE = 60


def dotted_name(path):
    folder, _, name = path.rpartition("/")
    return ".".join([*(folder.split("/") if folder else []), name.split(".")[0]])


def load(root, path):
    name = dotted_name(path)
    file = os.path.join(root, path)
    loader = importlib.machinery.ExtensionFileLoader(name, file)
    spec = importlib.util.spec_from_file_location(name, file, loader=loader)
    before = sys._is_gil_enabled()
    try:
        _imp.create_dynamic(spec)
    except BaseException as problem:  # also SystemExit from an init function
        return {"path": path, "error": f"{type(problem).__name__}: {problem}"[:200]}
    return {"path": path, "before": before, "enabled": sys._is_gil_enabled()}


def in_child(root, path):
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        signal.alarm(SECONDS_PER_MODULE)
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        answer = json.dumps(load(root, path)).encode()
        os.write(write, answer)
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        answer = pipe.read()
    _, status = os.waitpid(child, 0)
    if not answer:
        return {"path": path, "error": f"the process ended with status {status}"}
    return json.loads(answer)


def main():
    order = json.load(sys.stdin)
    root = order["into"]
    if not os.path.isdir(root):
        with zipfile.ZipFile(order["wheel"]) as wheel:
            wheel.extractall(root + ".part")
        os.rename(root + ".part", root)
    sys.path[:0] = [root, *order["paths"]]
    for path in order["modules"]:
        print(json.dumps(in_child(root, path)), flush=True)


main()
