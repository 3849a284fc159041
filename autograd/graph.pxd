# C types for graph.py.
from autograd cimport ahead
from autograd.engine cimport Order, Value, backpropagate, begin, recompute, take_over, topological_order
from autograd.node cimport edges
from autograd.tape cimport Tape, tape_of


cdef class Graph:
    cdef readonly Order _order
    cdef Tape _tape
    cdef bint _current

    cpdef double forward(self) except? -1
    cpdef object backward(self, object gradient=*)
