#include <Python.h>

static PyObject *
tally_add(PyObject *self, PyObject *args)
{
    long left, right;
    if (!PyArg_ParseTuple(args, "ll", &left, &right))
        return NULL;
    return PyLong_FromLong(left + right);
}

static PyMethodDef tally_methods[] = {
    {"add", tally_add, METH_VARARGS, "The sum of two counts."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot tally_slots[] = {
    {0, NULL},
};

static struct PyModuleDef tally_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "tally_setuptools",
    .m_size = 0,
    .m_methods = tally_methods,
    .m_slots = tally_slots,
};

PyMODINIT_FUNC
PyInit_tally_setuptools(void)
{
    return PyModuleDef_Init(&tally_module);
}
