# settings: target=free-threaded
