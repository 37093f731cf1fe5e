"""A call that never comes back makes the way past the test the one on which it held."""
import sys

from flask import Flask, abort, jsonify

app = Flask(__name__)
orders = {}
tables = {}


@app.post("/orders/<number>")
def place(number):
    orders[number] = "open"
    tables[number] = 1
    return "", 204


@app.post("/orders/<number>/serve")
def serve(number):
    if number not in orders:
        abort(404)
    dish = orders.pop(number)  # expect: check-then-act "the entry may be gone"
    return jsonify(dish=dish)


@app.post("/tables/<number>/free")
def free(number):
    if number not in tables:
        sys.stderr.write("no such table\n")
    return jsonify(tables.pop(number, None))  # ok: check-then-act


if __name__ == "__main__":
    app.run()
