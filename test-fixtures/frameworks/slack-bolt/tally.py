"""Listeners of a bot, which Bolt runs in a pool of threads."""
import threading

from slack_bolt import App

app = App(token="xoxb")
tally = {}
thanks = 0
lock = threading.Lock()


@app.command("/count")
def count(ack, command):
    ack()
    tally[command["user_id"]] = tally.get(command["user_id"], 0) + 1  # expect: nonatomic-update "listener threads"


@app.message("thanks")
def thank(say):
    global thanks
    with lock:
        thanks += 1  # ok: nonatomic-update
    say("you are welcome")


app.start(port=3000)
