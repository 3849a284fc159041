# C types for node.py.
cimport cython
from cpython.mem cimport PyMem_Free

from autograd cimport _rules, ahead, memory
from autograd.arithmetic cimport Arithmetic
from autograd.operation cimport Op, number, text

cdef Op WEIGHTED_SUM


cdef class Many:
    cdef tuple parents
    cdef double *local_grads

cdef inline void release_numbers(double *numbers) noexcept:
    PyMem_Free(numbers)

cdef class Node(Arithmetic):
    cdef double _data, _adjoint  # in the order of their use, so that what is read together lies together
    cdef long long _mark
    cdef Node _left, _right
    cdef double _left_local, _right_local, _grad
    cdef Many _many
    cdef Op _operation
    cdef str _label
    @cython.locals(x=double, y=double)
    cdef int _evaluate(self) except -1
    cdef int _load(self) except -1
    @cython.locals(parent=Node, i=Py_ssize_t)
    cdef int _apply_rule(self) except -1

@cython.locals(many=Many, parent=Node)
cpdef Many many_of(tuple parents)

@cython.locals(i=Py_ssize_t)
cpdef list numbers_of(Many many)

@cython.locals(numbers="double *", count=Py_ssize_t, first=Py_ssize_t, i=Py_ssize_t, total=double, x=double, y=double)
cpdef double add_up(Many many) except? -1

cpdef int check(object x, object wanted) except -1

cpdef tuple parents_of(Node node)

@cython.locals(parents=tuple)
cpdef list edges(Node node)

cpdef str leaf_label(object x, tuple further)
