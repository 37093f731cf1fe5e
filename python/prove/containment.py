"""What code under proof may not do, since it is called with made-up arguments: write or delete outside the folder of the run, start
processes, open connections. An audit hook refuses it as the system would, so that the call fails and nothing has happened.
"""
import builtins
import os
import sys

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = {
    "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.chmod", "os.chown", "os.link", "os.symlink", "os.truncate", "os.utime",
    "shutil.rmtree", "shutil.move", "shutil.copyfile", "shutil.copytree", "shutil.chown", "shutil.unpack_archive",
}
_REFUSED = {
    "subprocess.Popen", "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.startfile", "os.kill",
    "os.killpg", "pty.spawn", "socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "webbrowser.open",
    "ftplib.connect", "smtplib.connect", "winreg.SetValue", "winreg.DeleteKey",
}


class Refused(PermissionError):
    pass


def limit_memory(size):
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (size, size))
    except (ImportError, ValueError, OSError):
        pass  # Windows and macOS have no such bound; the time is bounded in any case.


def install(folder, contained):
    if not contained:
        return
    inside = os.path.realpath(folder) + os.sep
    devnull = os.path.realpath(os.devnull)

    def outside(path):
        if isinstance(path, int) or path is None:
            return False
        try:
            real = os.path.realpath(os.fsdecode(path))
        except (TypeError, ValueError):
            return False
        return real != devnull and not (real + os.sep).startswith(inside)

    def hook(event, args):
        if event == "open":
            path, mode, flags = args
            writes = any(letter in mode for letter in "wax+") if isinstance(mode, str) else bool((flags or 0) & _WRITES)
            if writes and outside(path):
                raise Refused(f"not written while Heddle looks for a race: {path}")
        elif event in _CHANGES:
            if any(outside(path) for path in args if isinstance(path, (str, bytes, os.PathLike))):
                raise Refused(f"{event} is refused while Heddle looks for a race")
        elif event in _REFUSED:
            raise Refused(f"{event} is refused while Heddle looks for a race")

    sys.addaudithook(hook)
    builtins.open = _opening(builtins.open)


def _opening(real):
    """A file below a folder that the project has and the folder of the run has not: the folder is made."""

    def opened(file, mode="r", *args, **rest):
        if hasattr(type(file), "__index__") and int(file) <= 2:
            # What is made up for a path and counts as a number would close the streams of this process.
            raise FileNotFoundError(f"no descriptor while Heddle looks for a race: {int(file)}")
        try:
            return real(file, mode, *args, **rest)
        except FileNotFoundError:
            if not set(mode) & set("wax") or not isinstance(file, (str, bytes, os.PathLike)) or os.path.isabs(file):
                raise
            os.makedirs(os.path.dirname(file) or ".", exist_ok=True)
            return real(file, mode, *args, **rest)

    return opened
