# settings: target=both
bind = ":8000"
workers = 8  # expect: workers-could-be-threads "Guard `hits` first"
