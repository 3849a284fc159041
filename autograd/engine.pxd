# C types for engine.py: what the compiler needs to know, and the two things that only the compiled build does.
cimport cython
from cpython.mem cimport PyMem_Realloc
from cpython.ref cimport PyObject, Py_DECREF, Py_INCREF, Py_REFCNT
from libc cimport math

from autograd cimport walk
from autograd.arithmetic cimport Arithmetic
from autograd.ops cimport Op, is_number, number, text

cdef Op ADD, SUBTRACT, MULTIPLY, DIVIDE, NEGATIVE, POWER, RELU, SIGMOID, CONSTANT
cdef double NAN
cdef long long _stamp


cdef class Value(Arithmetic):
    cdef double _data, _grad, _incoming, _left_local, _right_local
    cdef Op _op
    cdef str _label
    cdef Value _left, _right
    cdef list _more
    cdef long long _stamp
    cpdef object _unary(self, Op op)
    cpdef object _binary(self, Op op, object x, object y)


@cython.locals(value=Value)
cpdef Value _constant(object x)

@cython.locals(node=Value)
cdef Value _record(Op op, Value left, Value right, object more)

@cython.locals(x=double, y=double, e=double)
cdef inline int _evaluate(Value node) except -1

cdef int _apply_rule(Value node) except -1

cpdef list edges(Value node)

@cython.locals(stamp="long long", node=Value, parent=Value, unlisted=Value, path=list, leaves=list, inner=list)
cpdef tuple topological_order(Value root)

cpdef recompute(list inner)

cpdef backpropagate(Value root, list leaves, list inner, object gradient)

cdef int _hand_on(Value node) except -1

@cython.locals(parent=Value)
cdef int _hand_on_to_more(Value node) except -1

cdef int _add_up(Value leaf) except -1

cdef int _forget(Value node) except -1


# Freeing, which recurses by itself, and would crash on a long chain. Parents that nobody else holds wait for their turn
# in a heap with the highest address on top. Nodes are made at rising addresses, so they are freed in the reverse order,
# and as the allocator hands out first what was freed last, the next graph lies in memory in order again. Freed from a
# stack, each graph lies more at random than the last, and after fifty steps training takes twice the time.

cdef PyObject **waiting
cdef Py_ssize_t count, room
cdef bint freeing

cdef inline void release_parents(Value node) noexcept:
    """Let go of a dying node's parents."""
    global freeing
    if node._left is None:
        return
    let_go(<PyObject *>node._left)
    node._left = None
    if node._right is not None:
        let_go(<PyObject *>node._right)
        node._right = None
    if node._more is not None:
        let_go(<PyObject *>node._more)
        node._more = None
    if not freeing:
        freeing = True
        while count:
            Py_DECREF(<object>highest())
        freeing = False

cdef inline void let_go(PyObject *parent) noexcept:
    """Have a parent wait for its turn, if the dying node is the last to hold it."""
    global waiting, count, room
    cdef PyObject **larger
    cdef Py_ssize_t i
    if Py_REFCNT(<object>parent) > 1:
        return
    if count == room:
        larger = <PyObject **>PyMem_Realloc(waiting, (2 * room + 64) * sizeof(PyObject *))
        if larger is NULL:
            return  # no memory: it is freed at once, by recursion
        waiting, room = larger, 2 * room + 64
    Py_INCREF(<object>parent)
    i, count = count, count + 1
    while i > 0 and waiting[(i - 1) // 2] < parent:
        waiting[i] = waiting[(i - 1) // 2]
        i = (i - 1) // 2
    waiting[i] = parent

cdef inline PyObject *highest() noexcept:
    """Take the parent with the highest address from the heap."""
    global count
    cdef PyObject *top = waiting[0]
    cdef PyObject *last = waiting[count - 1]
    cdef Py_ssize_t i = 0, child = 1
    count -= 1
    while child < count:
        if child + 1 < count and waiting[child + 1] > waiting[child]:
            child += 1
        if waiting[child] < last:
            break
        waiting[i] = waiting[child]
        i, child = child, 2 * child + 1
    waiting[i] = last
    return top


cdef extern from *:
    const unsigned long SOURCES "AUTOGRAD_SOURCES"

cpdef inline unsigned long compiled_from():
    """The checksum of the files that this was compiled from, as setup.py took it."""
    return SOURCES
