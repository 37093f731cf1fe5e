# settings: target=both
import bound
