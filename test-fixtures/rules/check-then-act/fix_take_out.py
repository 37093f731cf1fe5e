"""What is used and then removed is taken out first, in one step."""
import threading

ferries = {}


def dock(name):
    ferries[name] = open(name)


def sink(name):
    if name in ferries:
        ferries[name].close()  # expect: check-then-act
        del ferries[name]  # expect: check-then-act


def tell(name):
    if name not in ferries:
        print("no such ferry")
    else:
        print(ferries[name])  # expect: check-then-act
        ferries.pop(name)  # expect: check-then-act


for _ in range(4):
    threading.Thread(target=dock, args=("a",)).start()
    threading.Thread(target=sink, args=("a",)).start()
    threading.Thread(target=tell, args=("a",)).start()
