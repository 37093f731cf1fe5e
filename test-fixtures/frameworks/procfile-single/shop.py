"""Four processes with one thread each: what a race needs is not there, so it is a note."""
from flask import Flask

app = Flask(__name__)
orders = 0


@app.post("/order")
def order():
    global orders
    orders += 1  # expect: nonatomic-update
    return str(orders)
