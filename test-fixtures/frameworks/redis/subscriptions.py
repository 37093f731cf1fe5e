"""Handlers of subscriptions run in the thread that `run_in_thread` starts."""
import time

import redis


class Presence:
    def __init__(self, url):
        self.client = redis.Redis.from_url(url)
        self.users = {}
        self.rooms = {}
        self.messages = self.client.pubsub(ignore_subscribe_messages=True)
        self.messages.subscribe(**{"users": self.on_user})
        self.messages.psubscribe(rooms=self.on_room)
        self.thread = self.messages.run_in_thread(sleep_time=0.1)

    def on_user(self, message):
        self.users.pop(message["data"], None)
        self.users[message["channel"]] = time.time()

    def on_room(self, message):
        self.rooms[message["channel"]] = time.time()
        self.rooms.pop(message["data"], None)

    def idle(self):
        return [user for user, seen in self.users.items() if seen < time.time() - 60]  # expect: iterate-while-mutated

    def empty(self):
        return [room for room in list(self.rooms)]  # ok: iterate-while-mutated


def main():
    presence = Presence("redis://localhost")
    while True:
        print(presence.idle(), presence.empty())
        time.sleep(5)


main()
