from .base import Base


class Table(Base):
    def dump(self):
        with self._mutex:
            for key in self.keys():  # expect: self-deadlock "self._mutex"
                print(key, self._data[key])

    def show(self):
        keys = self.keys()  # ok: self-deadlock
        with self._mutex:
            print(keys, len(self._data))
