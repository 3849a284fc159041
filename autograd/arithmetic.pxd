cimport cython

from autograd.operation cimport Op, is_number, number, text

cdef Op absolute, add, divide, multiply, negative, power, subtract


cdef class Arithmetic:
    cpdef object _apply(self, Op op, object x, object y)

cpdef object refuse(object x)

@cython.locals(operands=list, left=list, right=list, first=Py_ssize_t, i=Py_ssize_t)
cpdef dot(object xs, object ys, object bias=?)
