"""Events of a chat, each handled in a thread of its own."""
import threading

from flask import Flask
from flask_socketio import SocketIO, emit

app = Flask(__name__)
socketio = SocketIO(app, async_mode="threading")
online = 0
guests = 0
lock = threading.Lock()


@socketio.on("connect")
def connect():
    global online
    online += 1  # expect: nonatomic-update "event threads"
    emit("online", online)


@socketio.event
def join(data):
    global guests
    with lock:
        guests += 1  # ok: nonatomic-update


def beat():
    while True:
        socketio.sleep(5)
        socketio.emit("online", online)


socketio.start_background_task(beat)
socketio.run(app)
