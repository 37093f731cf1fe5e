from setuptools import Extension, setup

setup(ext_modules=[Extension("tally_setuptools", ["tally.c"])])
