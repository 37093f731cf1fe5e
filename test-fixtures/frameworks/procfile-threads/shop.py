"""The Procfile beside it says how it is served."""
from flask import Flask

app = Flask(__name__)
orders = 0


@app.post("/order")
def order():  # evidence: nonatomic-update
    global orders
    orders += 1  # expect: nonatomic-update
    return str(orders)
