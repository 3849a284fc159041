# The loops of walk.py in C, over the list's items where they lie: no reference is counted and no type is checked, which
# took a third of the time of replaying a graph. The lists are those of `topological_order`, and nobody changes them.
from cpython.ref cimport PyObject

from autograd.engine cimport Value

cdef extern from "Python.h":
    PyObject **PySequence_Fast_ITEMS(list nodes)
    int Py_EnterRecursiveCall(const char *where) except 1
    void Py_LeaveRecursiveCall()

ctypedef int (*Visit)(Value node) except -1
ctypedef int (*VisitBorrowed)(PyObject *node) except -1

cdef inline int visit_all(list nodes, Visit visit) except -1:
    cdef PyObject **items = PySequence_Fast_ITEMS(nodes)
    cdef Py_ssize_t i
    try:
        for i in range(len(nodes)):
            (<VisitBorrowed>visit)(items[i])
    except KeyboardInterrupt:
        Py_EnterRecursiveCall(" while going on after an interrupt")
        visit_all(nodes, visit)
        Py_LeaveRecursiveCall()
        raise

cdef inline int visit_reversed(list nodes, Visit visit) except -1:
    cdef PyObject **items = PySequence_Fast_ITEMS(nodes)
    cdef Py_ssize_t i
    for i in range(len(nodes) - 1, -1, -1):
        (<VisitBorrowed>visit)(items[i])
