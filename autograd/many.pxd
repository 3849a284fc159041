# C types for many.py.
cimport cython
from cpython.mem cimport PyMem_Free

from autograd cimport memory


cdef class Many:
    cdef tuple parents
    cdef double *local_grads

cdef inline void release_numbers(double *numbers) noexcept:
    PyMem_Free(numbers)

@cython.locals(many=Many)
cpdef Many many_of(tuple parents)

@cython.locals(i=Py_ssize_t)
cpdef list numbers_of(Many many)

@cython.locals(numbers="double *", count=Py_ssize_t, first=Py_ssize_t, i=Py_ssize_t, total=double, x=double, y=double)
cpdef double add_up(Many many) except? -1
