#include <Python.h>

static PyModuleDef_Slot slots[] = {
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
    {0, NULL}
};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, .m_name = "fast", .m_slots = slots};
PyMODINIT_FUNC PyInit_fast(void) { return PyModuleDef_Init(&module); }
