# memory.py in C.
from cpython.array cimport array
from cpython.mem cimport PyMem_Calloc
from cpython.ref cimport PyObject, Py_INCREF
from cpython.sequence cimport PySequence_Fast
from cpython.tuple cimport PyTuple_New, PyTuple_SET_ITEM

cdef extern from "Python.h":
    PyObject **PySequence_Fast_ITEMS(object nodes)
    void PyObject_GC_UnTrack(PyObject *tracked)

cdef inline double *numbers(Py_ssize_t count) except NULL:
    cdef double *numbers = <double *>PyMem_Calloc(count, sizeof(double))
    if numbers is NULL:
        raise MemoryError
    return numbers

cdef inline double *numbers_in(array kept, Py_ssize_t count) except? NULL:
    if len(kept) != count:
        raise ValueError(f"{len(kept)} numbers are kept for {count} parameters, whose list has changed")
    return kept.data.as_doubles

cdef inline tuple own_tuple(object sequence):
    cdef object nodes = PySequence_Fast(sequence, "an operation takes a tuple of inputs")
    cdef tuple own = PyTuple_New(len(nodes))
    cdef PyObject **items = PySequence_Fast_ITEMS(nodes)
    cdef Py_ssize_t i
    for i in range(len(own)):
        Py_INCREF(<object>items[i])
        PyTuple_SET_ITEM(own, i, <object>items[i])
    PyObject_GC_UnTrack(<PyObject *>own)
    return own
