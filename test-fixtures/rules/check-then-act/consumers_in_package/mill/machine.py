import threading

from mill import belt


class Machine(threading.Thread):
    def run(self):
        part = belt.take()
        while part is not None:
            part = belt.take()


def run(parts, machines=3):
    for part in parts:
        belt.put(part)
    running = [Machine() for _ in range(machines)]
    for machine in running:
        machine.start()
    for machine in running:
        machine.join()
