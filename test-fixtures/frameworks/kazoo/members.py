"""Members of a cluster, told by a thread of kazoo."""
import threading

from kazoo.client import KazooClient

client = KazooClient()
client.start()
members = set()
changes = 0
lock = threading.Lock()


@client.ChildrenWatch("/members")
def changed(children):
    global changes
    for child in children:
        members.add(child)
    with lock:
        changes += 1  # ok: nonatomic-update


def report():
    for member in members:  # expect: iterate-while-mutated "kazoo thread"
        print(member)


while True:
    report()
    with lock:
        changes = 0
