# settings: profile=library
"""A file-like object is read by the one who opened it."""


class BodyReader:
    def __init__(self, parts):
        self._parts = parts
        self._chunks = self._chunks_of_parts()

    def _chunks_of_parts(self):
        for part in self._parts:
            yield part

    def read(self):
        return next(self._chunks)  # ok: shared-iterator
