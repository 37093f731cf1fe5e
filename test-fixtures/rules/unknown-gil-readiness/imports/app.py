import os  # ok: unknown-gil-readiness

import helpers  # ok: unknown-gil-readiness
import nobody_knows.part  # expect: unknown-gil-readiness "`nobody_knows`"
import requests  # ok: unknown-gil-readiness

try:
    import optional_speedups  # ok: unknown-gil-readiness
except ImportError:
    optional_speedups = None

import jaraco.unheard_of  # expect: unknown-gil-readiness "Whether `jaraco.unheard_of` keeps"
from google.cloud import unheard_of  # expect: unknown-gil-readiness "Whether `google.cloud.unheard_of` keeps"
from google.cloud import storage  # ok: unknown-gil-readiness
