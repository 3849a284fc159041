cdef class Arithmetic:
    cpdef object _unary(self, object op)
    cpdef object _binary(self, object op, object x, object y)
