import threading


class Session:
    """The flag says that somebody has begun to close; what is set to None behind it is no news to wait for."""

    def __init__(self, socket):
        self.socket = socket
        self.closed = False

    def close(self):
        if self.closed:
            return
        self.closed = True  # ok: published-before-ready
        try:
            print("closing")
        finally:
            self.socket = None

    def expire(self):
        if self.closed:
            print(self.socket)


def main():
    session = Session(object())
    threading.Timer(60, session.close).start()
    session.close()
    session.expire()


main()
