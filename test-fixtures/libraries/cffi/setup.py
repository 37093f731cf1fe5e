from setuptools import setup

setup(cffi_modules=["build_tally.py:builder"])
