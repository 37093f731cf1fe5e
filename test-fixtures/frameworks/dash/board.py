"""Callbacks that count in a global, and one that keeps its state in the browser."""
from dash import Dash, Input, Output, State, callback

app = Dash(__name__)
calls = 0


@app.callback(Output("total", "children"), Input("button", "n_clicks"))
def count(clicks):
    global calls
    calls += 1  # expect: nonatomic-update "request threads"
    return calls


@callback(Output("store", "data"), Input("other", "n_clicks"), State("store", "data"))
def keep(clicks, stored):
    return (stored or 0) + 1


if __name__ == "__main__":
    app.run()
