#include <pybind11/pybind11.h>
// heddle: ignore-next-line[gil-declaration-missing]
PYBIND11_MODULE(bound, m) {
}
PYBIND11_MODULE(other, m) {  // # expect: gil-declaration-missing
}
