#include <pybind11/pybind11.h>

PYBIND11_MODULE(bound_free, m, pybind11::mod_gil_not_used()) { // # ok: gil-declaration-missing
    m.doc() = "bound_free";
}
