from cffi import FFI

builder = FFI()
builder.cdef("long add(long left, long right);")
builder.set_source(
    "tally_cffi",
    "static long add(long left, long right) { return left + right; }",
    py_limited_api=False,
    define_macros=[("_CFFI_NO_LIMITED_API", "1")],
)
