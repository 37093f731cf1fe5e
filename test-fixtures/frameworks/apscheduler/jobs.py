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


used = aired = lit = locked = 0


def heat(room):
    """One job for each room: they run beside each other."""
    global used
    used += len(room)  # expect: nonatomic-update


def air():
    global aired
    aired += 1  # expect: nonatomic-update


def light():
    """One job or the other."""
    global lit
    lit += 1  # ok: nonatomic-update


def lock_up():
    """The second takes the place of the first."""
    global locked
    locked += 1  # ok: nonatomic-update


def main():
    scheduler.add_job(report, "cron", hour=3)
    scheduler.add_job(sweep, "interval", minutes=1)
    scheduler.start()
    for room in ("hall", "attic"):
        scheduler.add_job(heat, "interval", seconds=9, args=[room])
    scheduler.add_job(air, "cron", hour=6)
    scheduler.add_job(air, "cron", hour=18)
    if runs:
        scheduler.add_job(light, "cron", hour=6)
    else:
        scheduler.add_job(light, "cron", hour=7)
    for hour in (1, 2):
        scheduler.add_job(lock_up, "cron", hour=hour, id="lock-up", replace_existing=True)
