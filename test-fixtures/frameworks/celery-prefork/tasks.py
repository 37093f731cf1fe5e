"""Without a word on threads a worker of Celery runs its tasks in processes, one at a time in each."""
from celery import Celery

app = Celery("orders")
handled = {}
total = 0


@app.task
def handle(order):
    global total
    handled[order] = handled.get(order, 0) + 1  # ok: nonatomic-update
    total += 1  # ok: nonatomic-update
