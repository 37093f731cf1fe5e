# Never flag 18: code for type checkers only, and lines marked `# pragma: no thread`.
from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import lxml.etree

    counter = 0

    def bump() -> None:
        global counter
        counter += 1

    threading.Thread(target=bump).start()
    threading.Thread(target=bump).start()


warmed = 0


def warm():  # pragma: no thread
    global warmed
    warmed += 1


def main(nodes: list[lxml.etree._Element]):
    for _ in nodes:
        threading.Thread(target=warm).start()
