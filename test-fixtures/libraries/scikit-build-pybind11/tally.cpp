#include <pybind11/pybind11.h>

PYBIND11_MODULE(tally_pybind11, m) {
    m.def("add", [](long left, long right) { return left + right; });
}
