cdef class Arithmetic:
    cdef object _unary(self, object op)
    cdef object _binary(self, object op, object x, object y)
