"""The ini file beside it says how it is served."""
from flask import Flask

app = Flask(__name__)
views = {}


@app.get("/<page>")
def show(page):  # evidence: nonatomic-update
    views[page] = views.get(page, 0) + 1  # expect: nonatomic-update
    return page
