#include <Python.h>

static PyModuleDef_Slot slots[] = { // # ok: gil-declaration-missing
    {Py_mod_gil, Py_MOD_GIL_USED},
    {0, NULL}
};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, .m_name = "wants", .m_slots = slots};
PyMODINIT_FUNC PyInit_wants(void) { return PyModuleDef_Init(&module); }
