import threading


def longest(lines):
    best = 0

    def look(line):
        nonlocal best
        best = best + 1 if len(line) > best else best

    for line in lines:
        look(line)
    return best


def measure():
    print(longest(["a", "bc"]))


for _ in range(4):
    threading.Thread(target=measure).start()
