"""A number that is counted up and then written into the log: the line of the log stays outside."""
import logging
import threading

logger = logging.getLogger(__name__)
sold = 0


def sell():
    global sold
    sold += 2  # expect: nonatomic-update
    logger.info("%d sold", sold)


for _ in range(2):
    threading.Thread(target=sell).start()
