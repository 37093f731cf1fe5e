# settings: target=both
worker_class = "uvicorn.workers.UvicornWorker"
workers = 4  # ok: workers-could-be-threads
