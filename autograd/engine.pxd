# C types for engine.py: what the compiler needs to know, and what only the compiled build does.
cimport cython
from cpython.ref cimport PyObject, Py_DECREF, Py_INCREF, Py_REFCNT

from autograd cimport ahead, memory, walk
from autograd.memory cimport Heap, pop, push
from autograd.arithmetic cimport refuse
from autograd.node cimport Node, check, leaf_label, many_of
from autograd.operation cimport Op, is_number, number, text

cdef Op CONSTANT, WEIGHTED_SUM
cdef object ABSENT
cdef long long _walk_count


cdef class Value(Node):
    cpdef object _apply(self, Op op, object x, object y)
    @cython.locals(numbers="double *", i=Py_ssize_t, parent=Value)
    cdef int _load(self) except -1


cpdef inline Value as_node(object x)

@cython.locals(node=Value)
cpdef Value _constant(double x)

@cython.locals(node=Value)
cdef Value _record(Op op, Value left, Value right, tuple many)

cdef class Order:
    cdef readonly Value root
    cdef readonly tuple leaves, inner

@cython.locals(before=Py_ssize_t, parent=Value)
cdef Py_ssize_t _add_unlisted(list path, tuple parents, long long this_walk) except -1

@cython.locals(this_walk="long long", node=Value, path=list, leaves=list, inner=list, order=Order)
cpdef Order topological_order(Value root)

@cython.locals(node=Value)
cpdef int take_over(Order order) except -1

cpdef recompute(Order order)

cpdef double begin(Value root, object gradient) except? -1

cpdef backpropagate(Order order, double gradient)

cdef int _propagate(Value node) except -1

@cython.locals(local_grads="double *", grad=double, i=Py_ssize_t, parent=Value)
cdef int _propagate_to_many(Value node, tuple parents) except -1

cdef int _accumulate(Value leaf) except -1

cdef int _forget(Value node) except -1


# Freeing recurses by itself, and would crash on a long chain. So what a dying node is the last to hold waits in a heap
# for its turn. While `freeing` is set no Python code runs: what may run some, as the __del__ of a subclass does, dies
# with it unset. So no other thread and no fork ever finds it set.

cdef Heap waiting
cdef PyObject *overflow  # nodes for which there was no memory, linked through _mark, of which a dying node has no need
cdef bint freeing

cdef inline void release_parents(Value node) noexcept:
    """Let go of a dying node's parents, and of its operation."""
    global freeing
    if node._left is None:
        return
    let_go(<PyObject *>node._operation)
    let_go(<PyObject *>node._left)
    node._left = None
    if node._right is not None:
        let_go(<PyObject *>node._right)
        node._right = None
    if node._many is not None:
        let_go_of_many(<PyObject *>node._many.parents)
        node._many = None
    if not freeing:
        freeing = True
        while waiting.count or overflow is not NULL:
            free_one(next_to_free())
        freeing = False

cdef inline void let_go(PyObject *held) noexcept:
    """Have an object wait for its turn, if the dying node is the last to hold it."""
    global overflow
    if Py_REFCNT(<object>held) > 1:
        return
    if push(&waiting, held):
        Py_INCREF(<object>held)
    elif type(<object>held) is Value:
        Py_INCREF(<object>held)
        (<Value>held)._mark = <long long>overflow
        overflow = held

cdef inline void let_go_of_many(PyObject *parents) noexcept:
    """The same for each of these parents, out of their tuple, where nobody else holds that."""
    cdef PyObject **items
    cdef PyObject *held
    cdef Py_ssize_t i
    if Py_REFCNT(<object>parents) > 1:
        return
    items = memory.PySequence_Fast_ITEMS(<tuple>parents)
    for i in range(len(<tuple>parents)):
        held = items[i]
        let_go(held)
        items[i] = NULL
        Py_DECREF(<object>held)

cdef inline PyObject *next_to_free() noexcept:
    global overflow
    cdef PyObject *node = overflow
    if waiting.count:
        return pop(&waiting)
    overflow = <PyObject *>(<Value>node)._mark
    return node

cdef inline void free_one(PyObject *last) noexcept:
    global freeing
    if type(<object>last) is Value:
        Py_DECREF(<object>last)
    else:
        freeing = False
        Py_DECREF(<object>last)
        freeing = True


cdef extern from *:
    const unsigned long SOURCES "AUTOGRAD_SOURCES"

cpdef inline unsigned long compiled_from():
    """The checksum of the files that this was compiled from, as setup.py took it."""
    return SOURCES
