# The loops of walk.py in C, over the nodes where they lie in the tuple: counting a reference to each would make replay
# take half as long again. That is safe: a tuple cannot change, whoever calls these loops holds it, and it is one of an
# `Order`, so that there are Values in it and nothing else.
from cpython.array cimport array
from cpython.mem cimport PyMem_Calloc
from cpython.ref cimport PyObject, Py_INCREF
from cpython.sequence cimport PySequence_Fast
from cpython.tuple cimport PyTuple_New, PyTuple_SET_ITEM

from autograd.engine cimport Value

cdef extern from "Python.h":
    PyObject **PySequence_Fast_ITEMS(object nodes)
    void PyObject_GC_UnTrack(PyObject *tracked)

ctypedef int (*Visit)(Value node) except -1
ctypedef int (*VisitBorrowed)(PyObject *node) except -1

cdef inline int visit_all(tuple nodes, Visit visit) except -1:
    cdef PyObject **items = PySequence_Fast_ITEMS(nodes)
    cdef Py_ssize_t i
    try:
        for i in range(len(nodes)):
            (<VisitBorrowed>visit)(items[i])
    except:
        finish(nodes, visit)
        raise

cdef inline int finish(tuple nodes, Visit visit) except -1:
    try:
        for node in nodes:
            visit(node)
    except:
        pass

cdef inline int visit_reversed(tuple nodes, Visit visit) except -1:
    cdef PyObject **items = PySequence_Fast_ITEMS(nodes)
    cdef Py_ssize_t i
    for i in range(len(nodes) - 1, -1, -1):
        (<VisitBorrowed>visit)(items[i])

cdef inline double *numbers(Py_ssize_t count) except NULL:
    cdef double *numbers = <double *>PyMem_Calloc(count, sizeof(double))
    if numbers is NULL:
        raise MemoryError
    return numbers

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

cdef inline double *numbers_in(array numbers, Py_ssize_t count) except? NULL:
    if len(numbers) != count:
        raise ValueError(f"{len(numbers)} numbers are kept for {count} parameters, whose list has changed")
    return numbers.data.as_doubles
