# cython: language_level=3  # expect: gil-declaration-missing
import os  # heddle: ignore[nothing-of-the-kind]  # expect: unused-suppression "no rule"
