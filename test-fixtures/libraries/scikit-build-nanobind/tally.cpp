#include <nanobind/nanobind.h>

NB_MODULE(tally_nanobind, m) {
    m.def("add", [](long left, long right) { return left + right; });
}
