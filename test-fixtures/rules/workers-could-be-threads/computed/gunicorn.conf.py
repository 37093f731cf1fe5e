# settings: target=both
import multiprocessing

workers = multiprocessing.cpu_count()  # expect: workers-could-be-threads "No state that requests change"
threads = 1
