"""Middleware: one object for all requests, whose attributes all threads share."""


class CountRequests:
    def __init__(self, get_response):
        self.get_response = get_response
        self.count = 0
        self.paths = []

    def __call__(self, request):
        self.count += 1  # expect: nonatomic-update "request threads run"
        self.paths.append(request.path)
        if len(self.paths) > 50:
            self.paths.pop(0)  # expect: check-then-act
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        request.seen = self.count


class View:
    """No middleware: made for each request."""

    def __init__(self, request):
        self.request = request
        self.count = 0

    def __call__(self):
        self.count += 1  # ok: nonatomic-update
        return self.count
