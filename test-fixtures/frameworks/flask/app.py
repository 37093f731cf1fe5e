"""A counter page. Flask's servers run views in threads; `g` and `request` belong to the request."""
from flask import Blueprint, Flask, g, request
from flask.views import MethodView

app = Flask(__name__)
pages = Blueprint("pages", __name__)

hits = 0
slowest = 0.0


@app.route("/")
def index():  # evidence: nonatomic-update
    global hits
    hits += 1  # expect: nonatomic-update "request threads run `index`"
    return f"{hits} hits"


@app.before_request
def remember():
    g.user = request.headers.get("X-User")
    g.steps = 0
    g.steps += 1  # ok: nonatomic-update


@pages.after_request
def measure(response):
    global slowest
    slowest = max(slowest, response.content_length or 0)  # expect: nonatomic-update
    return response


class Orders(MethodView):
    def get(self):
        self.count = 0
        self.count += 1  # ok: nonatomic-update
        return str(self.count)


class Totals(MethodView):
    total = 0

    def post(self):
        Totals.total += 1  # expect: nonatomic-update
        return str(Totals.total)


app.add_url_rule("/orders", view_func=Orders.as_view("orders"))
app.register_blueprint(pages)
