from flask import Flask

app = Flask(__name__)
hits = {}


@app.get("/<name>")
def hit(name):
    hits[name] = 1
    return name
