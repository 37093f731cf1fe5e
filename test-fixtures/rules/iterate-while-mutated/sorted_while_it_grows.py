"""A list that functions keep in order, and that others step through."""
import bisect
import random
import threading

names = []
cards = []


def join(name):
    bisect.insort(names, name)  # expect: nonatomic-update "in two steps"


def shown():
    for name in names:  # expect: iterate-while-mutated "names"
        print(name)


def shuffled():
    random.shuffle(cards)


def dealt():
    return [card for card in cards]  # expect: iterate-while-mutated "cards"


def picked():
    for card in random.sample(cards, 3):  # ok: iterate-while-mutated
        print(card)


for _ in range(3):
    threading.Thread(target=join, args=("a",)).start()
    threading.Thread(target=shown).start()
    threading.Thread(target=shuffled).start()
    threading.Thread(target=dealt).start()
