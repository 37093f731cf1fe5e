"""Waitress serves with four threads."""
from flask import Flask
from waitress import serve

app = Flask(__name__)
visits = 0


@app.get("/")
def index():  # evidence: nonatomic-update
    global visits
    visits += 1  # expect: nonatomic-update
    return str(visits)


if __name__ == "__main__":
    serve(app, port=8080)
