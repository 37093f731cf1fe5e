"""A text is joined from a list in one step, which takes the list's own lock; not from a set, nor from what each item becomes."""
import threading


class Guests:
    def __init__(self):
        self.names = []
        self.tables = set()
        for work in (self.come, self.go):
            threading.Thread(target=work, args=("Ida",)).start()

    def come(self, name):
        self.names.append(name)
        self.tables.add(name[0])

    def go(self, name):
        self.names.remove(name)
        self.tables.discard(name[0])

    def listed(self):
        return ", ".join(self.names)  # ok: iterate-while-mutated

    def seated(self):
        return ", ".join(self.tables)  # expect: iterate-while-mutated

    def shouted(self):
        return ", ".join(map(str.upper, self.names))  # expect: iterate-while-mutated

    def greeted(self):
        return ", ".join(f"dear {name}" for name in self.names)  # expect: iterate-while-mutated


if __name__ == "__main__":
    guests = Guests()
    while True:
        print(guests.listed(), guests.seated(), guests.shouted(), guests.greeted())
