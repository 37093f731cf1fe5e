"""What a hook sets before each request, and what a view sets for what it calls, belongs to one request."""
import sqlite3
import time

from flask import Flask, g, jsonify, request

app = Flask(__name__)

visitor = None
began = None
database = None
order = None
mode = "slow"
prices = None
last_visit = None
language = None


@app.before_request
def look_who_comes():
    global visitor, began, database, prices, last_visit
    visitor = request.headers["X-Visitor"]  # expect: call-state-shared "meant for one request"
    began = time.perf_counter()  # expect: call-state-shared
    database = sqlite3.connect("shop.db")  # expect: call-state-shared
    last_visit = time.time()  # ok: call-state-shared
    if prices is None:
        prices = load_prices(request.host)  # expect: lazy-init-race
    g.visitor = visitor


def load_prices(host):
    return {"host": host}


@app.teardown_request
def look_who_goes(error):
    database.close()
    print(time.perf_counter() - began)


@app.route("/")
def front():
    return f"Hello {visitor}"


@app.route("/prices")
def all_prices():
    return jsonify(prices)


@app.route("/health")
def health():
    return jsonify(idle=time.time() - last_visit)


@app.post("/orders")
def take_order():
    global order
    order = request.get_json()  # expect: call-state-shared
    return book()


def book():
    return jsonify(booked=order["dish"])


@app.post("/mode")
def set_mode():
    global mode
    mode = request.json["mode"]  # ok: call-state-shared
    return jsonify(mode=mode)


@app.get("/mode")
def get_mode():
    return jsonify(mode=mode)


if __name__ == "__main__":
    app.run(threaded=True)
