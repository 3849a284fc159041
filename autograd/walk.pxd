# The loops of walk.py in C, over the nodes where they lie in the tuple: counting a reference to each would make replay
# take half as long again. That is safe: a tuple cannot change, whoever calls these loops holds it, and it is one of an
# `Order`, so that there are Values in it and nothing else.
from cpython.ref cimport PyObject

from autograd.engine cimport Value

cdef extern from "Python.h":
    PyObject **PySequence_Fast_ITEMS(tuple nodes)

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
