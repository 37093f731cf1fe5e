"""`boto3.client` works on one session for all threads."""
from concurrent.futures import ThreadPoolExecutor

import boto3

s3 = boto3.client("s3")


def size(bucket):
    client = boto3.client("s3")  # expect: process-state-from-thread "the default session of boto3"
    return client.head_bucket(Bucket=bucket)


def size_in_own_session(bucket):
    client = boto3.Session().client("s3")  # ok: process-state-from-thread
    return client.head_bucket(Bucket=bucket)


def size_with_one_client(bucket):
    return s3.head_bucket(Bucket=bucket)  # ok: unsafe-object-shared


def report(buckets):
    with ThreadPoolExecutor(8) as pool:
        for job in (size, size_in_own_session, size_with_one_client):
            pool.map(job, buckets)
        pool.map(size, buckets)
        pool.map(size_in_own_session, buckets)
        pool.map(size_with_one_client, buckets)
