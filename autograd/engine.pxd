# C types for engine.py: what the compiler needs to know, and the two things that only the compiled build does.
cimport cython
from libc cimport math

from autograd.arithmetic cimport Arithmetic
from autograd.ops cimport Op, is_number, number, text

cdef Op ADD, SUBTRACT, MULTIPLY, DIVIDE, NEGATIVE, POWER, RELU, SIGMOID, CONSTANT
cdef double NAN
cdef long long _stamp


cdef class Value(Arithmetic):
    cdef double _before, _data, _grad, _left_local, _right_local
    cdef Op _op
    cdef str _label
    cdef Value _left, _right
    cdef list _more
    cdef long long _stamp
    cpdef object _unary(self, Op op)
    cpdef object _binary(self, Op op, object x, object y)


cdef class Graph:
    cdef Value _root
    cdef list _leaves, _inner
    cdef bint _current
    @cython.locals(node=Value)
    cpdef double forward(self) except? -1
    @cython.locals(node=Value)
    cpdef object backward(self)


@cython.locals(value=Value)
cdef Value _constant(object x)

@cython.locals(node=Value)
cdef Value _record(Op op, Value left, Value right, object more)

@cython.locals(x=double, y=double, e=double)
cdef int _evaluate(Value node) except -1

cdef int _apply_rule(Value node) except -1

cdef _edges(Value node)

@cython.locals(stamp="long long", node=Value, parent=Value, unlisted=Value, path=list, leaves=list, inner=list)
cdef tuple _sort_topologically(Value root)


cdef list dying
cdef bint freeing

cdef inline void release_parents(Value node):
    """Let go of a dying node's parents. They wait in a list for their turn, so that a long chain does not recurse."""
    global freeing
    if node._left is None:
        return
    dying.append(node._left)
    node._left = None
    if node._right is not None:
        dying.append(node._right)
        node._right = None
    if node._more is not None:
        dying.append(node._more)
        node._more = None
    if not freeing:
        freeing = True
        while dying:
            dying.pop()
        freeing = False


cdef extern from *:
    const unsigned long SOURCES "AUTOGRAD_SOURCES"

cpdef inline unsigned long compiled_from():
    """The checksum of the files that this was compiled from, as setup.py took it."""
    return SOURCES
