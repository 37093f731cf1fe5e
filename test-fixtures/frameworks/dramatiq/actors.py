"""Dramatiq runs actors in threads."""
import threading

import dramatiq

sent = 0
bounced = 0
guard = threading.Lock()


@dramatiq.actor
def send(address):
    global sent
    sent += 1  # expect: nonatomic-update "worker threads run `send`"


@dramatiq.actor(max_retries=3)
def bounce(address):
    global bounced
    with guard:
        bounced += 1  # ok: nonatomic-update
