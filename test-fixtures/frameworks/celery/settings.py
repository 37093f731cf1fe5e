"""Configuration of the workers."""
broker_url = "redis://localhost/1"
worker_pool = "threads"
worker_concurrency = 8
