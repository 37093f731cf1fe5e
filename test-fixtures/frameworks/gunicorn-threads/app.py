"""A page behind gunicorn, whose configuration stands beside it."""
from flask import Flask

app = Flask(__name__)
hits = 0


@app.route("/")
def index():  # evidence: nonatomic-update
    global hits
    hits += 1  # expect: nonatomic-update
    return str(hits)
