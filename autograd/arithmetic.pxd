from autograd.ops cimport Op

cdef Op absolute, add, divide, multiply, negative, power, subtract


cdef class Arithmetic:
    cpdef object _unary(self, Op op)
    cpdef object _binary(self, Op op, object x, object y)
