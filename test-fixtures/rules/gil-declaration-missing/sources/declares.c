#include <Python.h>

static PyModuleDef_Slot slots[] = { // # ok: gil-declaration-missing
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
    {0, NULL}
};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, .m_name = "declares", .m_slots = slots};
PyMODINIT_FUNC PyInit_declares(void) { return PyModuleDef_Init(&module); }
