"""A subscriber: Pub/Sub calls back in a pool of threads."""
from google.cloud import pubsub_v1

seen = {}
last = None


def on_message(message):
    seen[message.kind] = seen.get(message.kind, 0) + 1  # expect: nonatomic-update "message threads run `on_message`"
    message.ack()


def main(subscription):
    subscriber = pubsub_v1.SubscriberClient()
    subscriber.subscribe(subscription, callback=on_message).result()
    print(seen)
