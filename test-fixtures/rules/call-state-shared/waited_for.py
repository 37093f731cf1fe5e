import threading
import time


class Connection:
    """Who finds a reconnection going on waits for it: that flag is meant for all threads."""

    def __init__(self):
        self.connected = False
        self.reconnecting = False

    def reconnect(self):
        if self.reconnecting:
            for _ in range(10):
                time.sleep(0.5)
                if self.connected:
                    return
            raise TimeoutError("no connection")
        self.reconnecting = True  # ok: call-state-shared
        try:
            print("connecting")
        finally:
            self.reconnecting = False


connection = Connection()
for _ in range(4):
    threading.Thread(target=connection.reconnect).start()
