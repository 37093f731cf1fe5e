"""Two jobs that write the same counter: APScheduler runs each in a thread of its pool."""
import threading

from apscheduler.schedulers.background import BackgroundScheduler

scheduler = BackgroundScheduler()
lock = threading.Lock()
runs = 0
failures = 0
swept = 0


@scheduler.scheduled_job("interval", seconds=5)
def collect():
    global runs, failures
    runs += 1  # expect: nonatomic-update
    with lock:
        failures += 1  # ok: nonatomic-update


def report():
    global runs, failures
    runs = 0
    with lock:
        failures = 0


def sweep():
    global swept
    swept += 1  # ok: nonatomic-update


def main():
    scheduler.add_job(report, "cron", hour=3)
    scheduler.add_job(sweep, "interval", minutes=1)
    scheduler.start()
