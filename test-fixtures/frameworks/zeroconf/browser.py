"""Services that a listener notes in a thread of zeroconf, and the main thread prints."""
import time

from zeroconf import ServiceBrowser, ServiceListener, Zeroconf  # expect: gil-reenabled-import


class Printers(ServiceListener):
    def __init__(self):
        self.known = {}
        self.names = {}

    def add_service(self, zc, type_, name):
        self.known[name] = zc.get_service_info(type_, name)
        self.names[name] = type_

    def remove_service(self, zc, type_, name):
        self.known.pop(name, None)
        self.names.pop(name, None)

    def update_service(self, zc, type_, name):
        pass


def main():
    printers = Printers()
    ServiceBrowser(Zeroconf(), "_ipp._tcp.local.", printers)
    while True:
        time.sleep(10)
        for name in printers.known:  # expect: iterate-while-mutated "browser thread"
            print(name)
        for name in list(printers.names):  # ok: iterate-while-mutated
            print(name)


main()
