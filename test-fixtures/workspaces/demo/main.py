"""A small crawler with a thread-safety mistake in every module. Run Heddle on this folder to see them."""
import sys
from concurrent.futures import ThreadPoolExecutor

from crawler.fetch import Fetcher
from crawler.monitor import Monitor


def main(urls):
    fetcher = Fetcher()
    monitor = Monitor(fetcher.statistics)
    monitor.start()
    with ThreadPoolExecutor(max_workers=8) as pool:
        for url in urls:
            pool.submit(fetcher.fetch, url)
    monitor.stop()
    print(fetcher.statistics.summary())


if __name__ == "__main__":
    main(sys.argv[1:])
