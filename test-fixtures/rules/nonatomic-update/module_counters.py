"""An importer that counts what its worker threads did in module globals."""
import threading
from queue import Empty, Queue

processed = 0
failed = 0
bytes_seen = 0
longest = 0
by_kind = {"row": 0, "header": 0}
histogram = [0] * 16
queue = Queue()


def parse(line):
    if not line.strip():
        raise ValueError("empty line")
    return "header" if line.startswith("#") else "row"


def worker():
    global processed, failed, bytes_seen, longest
    while True:
        try:
            line = queue.get_nowait()
        except Empty:
            return
        try:
            kind = parse(line)
        except ValueError:
            failed += 1  # expect: nonatomic-update "failed"
            continue
        processed += 1  # expect: nonatomic-update "processed"
        bytes_seen = bytes_seen + len(line)  # expect: nonatomic-update "bytes_seen"
        longest = max(longest, len(line))  # expect: nonatomic-update "longest"
        by_kind[kind] += 1  # expect: nonatomic-update "by_kind"
        histogram[len(line) % 16] += 1  # expect: nonatomic-update "histogram"


def main(lines):
    for line in lines:
        queue.put(line)
    threads = [threading.Thread(target=worker) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(processed, failed, bytes_seen, longest, by_kind, histogram)


if __name__ == "__main__":
    main(["# title", "one", "", "two"])
