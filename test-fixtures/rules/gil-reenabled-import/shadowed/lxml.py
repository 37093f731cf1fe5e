"""A module of the project with the name of a package."""


def fromstring(text):
    return [text]
