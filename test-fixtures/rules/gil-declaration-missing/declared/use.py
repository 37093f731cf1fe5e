# settings: target=free-threaded
import fast  # ok: gil-reenabled-import
