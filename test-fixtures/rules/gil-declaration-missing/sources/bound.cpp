#include <pybind11/pybind11.h>

PYBIND11_MODULE(bound, m) { // # expect: gil-declaration-missing "mod_gil_not_used"
    m.doc() = "bound";
}
