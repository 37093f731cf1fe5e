import threading


class Session:
    """The flag says that somebody has begun to close; what is set to None behind it is no news to wait for."""

    def __init__(self, socket):
        self.socket = socket
        self.closed = False
        self.status = "open"

    def close(self):
        if self.closed:
            return
        self.closed = True  # ok: published-before-ready
        try:
            print("closing")
        finally:
            self.socket = None
            self.status = "closed at " + str(id(self))

    def time_out(self):
        self.close()

    def describe(self):
        return "session, " + self.status

    def expire(self):
        if self.closed:
            print(self.socket)


def main():
    session = Session(object())
    threading.Timer(60, session.time_out).start()
    session.close()
    session.expire()
    print(session.describe())


main()
