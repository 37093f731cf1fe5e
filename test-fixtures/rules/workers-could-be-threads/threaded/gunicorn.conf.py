# settings: target=both
workers = 2  # ok: workers-could-be-threads
threads = 4
