cimport cython


cdef class Op:
    cdef public object forward, name, partials, symbol
    cpdef object apply(self, object inputs)
    cdef public int code


cpdef bint is_number(object x) except -1

cpdef double number(object x) except? -1

cpdef str text(object x)

@cython.locals(operands=list, left=list, right=list, first=Py_ssize_t, i=Py_ssize_t)
cpdef dot(object xs, object ys, object bias=?)
