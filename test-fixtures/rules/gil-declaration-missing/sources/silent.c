#include <Python.h>

static PyModuleDef_Slot slots[] = { // # expect: gil-declaration-missing "slots"
    {0, NULL}
};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, .m_name = "silent", .m_slots = slots};
PyMODINIT_FUNC PyInit_silent(void) { return PyModuleDef_Init(&module); }
