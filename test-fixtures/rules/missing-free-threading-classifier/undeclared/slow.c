#include <Python.h>
static PyModuleDef_Slot slots[] = {{0, NULL}}; // # expect: gil-declaration-missing
