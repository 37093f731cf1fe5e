class Driver:
    def run(self, query):
        return [query]
