"""Thread subclasses: what belongs to the class is shared, what belongs to the instance is not."""
import threading


class Crawler(threading.Thread):
    pages = 0
    depth = {}

    def __init__(self, urls):
        super().__init__()
        self.urls = urls
        self.fetched = 0

    def run(self):
        for url in self.urls:
            self.fetched += 1  # ok: nonatomic-update
            Crawler.pages += 1  # expect: nonatomic-update "Crawler.pages"
            Crawler.depth[url.count("/")] = Crawler.depth.get(url.count("/"), 0) + 1  # expect: nonatomic-update "Crawler.depth"


def crawl(groups):
    crawlers = [Crawler(group) for group in groups]
    for crawler in crawlers:
        crawler.start()
    for crawler in crawlers:
        crawler.join()
    return sum(crawler.fetched for crawler in crawlers), Crawler.pages
