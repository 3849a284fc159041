# memory.py in C, and the heap in which the compiled engine has nodes wait until it frees them.
from cpython.array cimport array
from cpython.mem cimport PyMem_Calloc, PyMem_Realloc
from cpython.object cimport PyObject_TypeCheck, PyTypeObject
from cpython.ref cimport PyObject, Py_INCREF
from cpython.sequence cimport PySequence_Fast
from cpython.tuple cimport PyTuple_New, PyTuple_SET_ITEM

cdef extern from "Python.h":
    PyObject **PySequence_Fast_ITEMS(object nodes)
    void PyObject_GC_UnTrack(PyObject *tracked)

cdef inline double *numbers(Py_ssize_t count) except NULL:
    cdef double *numbers = <double *>PyMem_Calloc(count, sizeof(double))
    if numbers is NULL:
        raise MemoryError
    return numbers

cdef inline double *numbers_in(array kept, Py_ssize_t count) except? NULL:
    if len(kept) != count:
        raise ValueError(f"{len(kept)} numbers are kept for {count} parameters, whose list has changed")
    return kept.data.as_doubles

cdef inline tuple own_tuple(object sequence):
    cdef object nodes = PySequence_Fast(sequence, "an operation takes a tuple of inputs")
    cdef tuple own = PyTuple_New(len(nodes))
    cdef PyObject **items = PySequence_Fast_ITEMS(nodes)
    cdef PyObject *node  # as an item of an array it would be counted twice more
    cdef Py_ssize_t i
    for i in range(len(own)):
        node = items[i]
        Py_INCREF(<object>node)
        PyTuple_SET_ITEM(own, i, <object>node)
    PyObject_GC_UnTrack(<PyObject *>own)
    return own

cdef inline bint all_are(tuple nodes, type kind) noexcept:
    cdef PyObject **items = PySequence_Fast_ITEMS(nodes)
    cdef PyObject *node
    cdef Py_ssize_t i
    for i in range(len(nodes)):
        node = items[i]
        if not PyObject_TypeCheck(<object>node, <PyTypeObject *>kind):
            return False
    return True


# The heap has the highest address on top. Nodes are made at rising addresses, so they are freed in the reverse order, and
# as the allocator hands out first what was freed last, the next graph lies in memory in order again. Freed from a stack,
# each graph lies more at random than the last, and after fifty steps training takes twice the time.
cdef struct Heap:
    PyObject **objects
    Py_ssize_t count, room

cdef inline bint push(Heap *heap, PyObject *added) noexcept:
    """Put an object into the heap; False where there is no memory for it."""
    cdef PyObject **objects = heap.objects
    cdef Py_ssize_t i
    if heap.count == heap.room:
        objects = <PyObject **>PyMem_Realloc(heap.objects, (2 * heap.room + 64) * sizeof(PyObject *))
        if objects is NULL:
            return False
        heap.objects, heap.room = objects, 2 * heap.room + 64
    i = heap.count
    heap.count += 1
    while i > 0 and objects[(i - 1) // 2] < added:
        objects[i] = objects[(i - 1) // 2]
        i = (i - 1) // 2
    objects[i] = added
    return True

cdef inline PyObject *pop(Heap *heap) noexcept:
    """Take the object with the highest address from the heap."""
    cdef PyObject **objects = heap.objects
    cdef PyObject *top = objects[0]
    cdef PyObject *last = objects[heap.count - 1]
    cdef Py_ssize_t i = 0, child = 1
    heap.count -= 1
    while child < heap.count:
        if child + 1 < heap.count and objects[child + 1] > objects[child]:
            child += 1
        if objects[child] < last:
            break
        objects[i] = objects[child]
        i, child = child, 2 * child + 1
    objects[i] = last
    return top
