from setuptools import setup

setup(
    name="fast",
    classifiers=[
        "Programming Language :: C",
        "Programming Language :: Python :: Free Threading :: 3 - Stable",
    ],
)
