from setuptools import setup

setup(
    name="fast",
    classifiers=[  # expect: missing-free-threading-classifier
        "Programming Language :: C",
        "Programming Language :: Python :: 3",  # and no other
    ],
)
