import os  # ok: unknown-gil-readiness

import helpers  # ok: unknown-gil-readiness
import nobody_knows.part  # expect: unknown-gil-readiness "`nobody_knows`"
import requests  # ok: unknown-gil-readiness

try:
    import optional_speedups  # ok: unknown-gil-readiness
except ImportError:
    optional_speedups = None
