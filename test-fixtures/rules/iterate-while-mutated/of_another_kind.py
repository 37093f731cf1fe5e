# settings: profile=library
"""What is appended to is no set, although both are parts of one tuple."""
import collections

_posts = collections.defaultdict(lambda: (set(), []))


def register(kind, letter):
    names, letters = _posts[kind]
    letters.append(letter)


def names_of(kind):
    names, letters = _posts[kind]
    return [name for name in names]  # ok: iterate-while-mutated
