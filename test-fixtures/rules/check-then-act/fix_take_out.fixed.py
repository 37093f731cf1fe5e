"""What is used and then removed is taken out first, in one step."""
import threading

ferries = {}


def dock(name):
    ferries[name] = open(name)


def sink(name):
    try:
        value = ferries.pop(name)
    except KeyError:
        pass
    else:
        value.close()  # expect: check-then-act


def tell(name):
    try:
        value = ferries.pop(name)
    except KeyError:
        print("no such ferry")
    else:
        print(value)  # expect: check-then-act


for _ in range(4):
    threading.Thread(target=dock, args=("a",)).start()
    threading.Thread(target=sink, args=("a",)).start()
    threading.Thread(target=tell, args=("a",)).start()
