from flask import Flask, jsonify, request

import storage

app = Flask(__name__)


class Store(storage.Store):
    def log(self, text):
        print(text)


STORE = Store("localhost")


@app.route("/users/<name>")
def show(name):
    """The store gives each caller a row of its own: this `get` takes an argument that no dict has."""
    user = STORE.users.get(name, as_object=False)
    user["roles"] = user["roles"] + list_of_roles(user)
    if user["secret"] is not None:
        del user["secret"]
    return jsonify(user)


@app.route("/users/<name>/roles")
def roles(name):
    user = STORE.users.get(name, as_object=False)
    return jsonify([role for role in user["roles"]])


@app.route("/users/<name>/clear")
def clear(name):
    user = STORE.users.get(name, as_object=False)
    user["roles"].clear()
    user["secret"] = request.args["secret"]
    return jsonify(STORE.users.save(name, user))


def list_of_roles(user):
    return [user["kind"]]
