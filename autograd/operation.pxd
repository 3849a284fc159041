cdef class Op:
    cdef public object forward, name, partials, symbol
    cpdef object apply(self, object inputs)
    cdef public int code


cpdef bint is_number(object x) except -1

cpdef double number(object x) except? -1

cpdef str text(object x)
