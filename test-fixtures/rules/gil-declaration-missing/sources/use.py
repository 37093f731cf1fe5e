# settings: target=free-threaded
import silent
