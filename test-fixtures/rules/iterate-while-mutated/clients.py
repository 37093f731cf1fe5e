"""A hub that sends to clients while the network thread adds and removes them."""
import copy
import threading
from collections import deque


class Hub:
    def __init__(self):
        self._clients = {}
        self._topics = set()
        self._recent = deque(maxlen=100)
        self._plugins = []
        self._acceptor = threading.Thread(target=self._accept, daemon=True)

    def start(self):
        self._acceptor.start()

    def _accept(self):
        while True:
            client = self.wait_for_client()
            self._clients[client.id] = client
            self._topics.add(client.topic)
            self._recent.append(client.id)
            if client.is_plugin:
                self._plugins.append(client)
            else:
                self._plugins.remove(client)

    def wait_for_client(self):
        raise NotImplementedError

    def broadcast(self, message):
        for client in self._clients.values():  # expect: iterate-while-mutated "self._clients"
            client.send(message)

    def ids(self):
        return [key for key in self._clients]  # expect: iterate-while-mutated "self._clients"

    def topics(self):
        for topic in self._topics:  # expect: iterate-while-mutated "self._topics"
            print(topic)

    def newest(self):
        for client_id in self._recent:  # expect: iterate-while-mutated "self._recent"
            print(client_id)

    def recent_copy(self):
        for client_id in self._recent.copy():  # expect: iterate-while-mutated "self._recent"
            print(client_id)

    def recent_list(self):
        return list(self._recent)  # expect: iterate-while-mutated "self._recent"

    def any_idle(self):
        return any(client.idle for client in self._clients.values())  # expect: iterate-while-mutated "self._clients"

    def biggest(self):
        return max(self._clients.values(), key=lambda client: client.size)  # expect: iterate-while-mutated "self._clients"

    def saved(self):
        return copy.deepcopy(self._clients)  # expect: iterate-while-mutated "self._clients"

    def as_tuple(self):
        return tuple(self._clients)  # expect: iterate-while-mutated "self._clients"

    def joined(self):
        return ",".join(self._topics)  # expect: iterate-while-mutated "self._topics"

    def call_plugins(self):
        for plugin in self._plugins:  # expect: iterate-while-mutated "self._plugins"
            plugin.call()

    def broadcast_copy(self, message):
        for client in list(self._clients.values()):  # ok: iterate-while-mutated
            client.send(message)

    def topics_copy(self):
        for topic in self._topics.copy():  # ok: iterate-while-mutated
            print(topic)

    def sorted_ids(self):
        for key in sorted(self._clients):  # ok: iterate-while-mutated
            print(key)

    def unpacked(self):
        for key in [*self._clients]:  # ok: iterate-while-mutated
            print(key)

    def merged(self):
        for key in {**self._clients}:  # ok: iterate-while-mutated
            print(key)

    def plugins_copy(self):
        for plugin in self._plugins[:]:  # ok: iterate-while-mutated
            plugin.call()
