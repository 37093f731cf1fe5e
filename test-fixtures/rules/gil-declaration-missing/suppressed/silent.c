#include <Python.h>

static PyModuleDef_Slot slots[] = { /* heddle: ignore[gil-declaration-missing] it keeps a cache */
    {0, NULL}
};
static const char *text = "/* heddle: ignore-file */ // heddle: ignore";
static struct PyModuleDef module = { /* heddle: ignore[gil-declaration-missing] # expect: unused-suppression */
    PyModuleDef_HEAD_INIT, .m_name = "silent", .m_slots = slots
};
PyMODINIT_FUNC PyInit_silent(void) { return PyModuleDef_Init(&module); }
