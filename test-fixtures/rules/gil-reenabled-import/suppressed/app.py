# settings: target=both
import lxml  # expect: gil-reenabled-import
