import nobody_knows  # ok: unknown-gil-readiness
