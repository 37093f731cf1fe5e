def load():
    return {"EUR": 1.0}
