# walk.py in C.
from autograd cimport _rules
from autograd.node cimport Node


cdef inline int evaluate(Node node) except -1:
    cdef double x = node._left._data
    cdef double y = 0.0 if node._right is None else node._right._data
    cdef int code = node._operation.code
    if code == _rules.ADD:
        node._data, node._left_local, node._right_local = _rules.add_rule(x, y)
        return 0
    if code == _rules.MULTIPLY:
        node._data, node._left_local, node._right_local = _rules.multiply_rule(x, y)
        return 0
    node._evaluate()  # by way of a pointer, which keeps this small enough for the loops
    return 0


# The loops visit nodes where they lie in the tuple: counting a reference to each, and checking its type, would make
# replay take half as long again. That is safe: a tuple cannot change, whoever calls these loops holds it, and it is one
# of an `Order`, so that there are Values in it and nothing else. What visits a node returns -1 for an error, as compiled
# functions do.
cdef extern from *:
    """
    typedef int (*Visit)(PyObject *node);

    static inline int visit_from_first(PyObject *nodes, Visit visit) {
        PyObject **items = PySequence_Fast_ITEMS(nodes), *type, *error, *traceback;
        Py_ssize_t i, count = PyObject_Length(nodes);  /* an error for None */
        if (count < 0) return -1;
        for (i = 0; i < count; i++)
            if (visit(items[i]) == -1) break;
        if (i == count) return 0;
        PyErr_Fetch(&type, &error, &traceback);
        for (i = 0; i < count; i++)
            if (visit(items[i]) == -1) {
                PyErr_Clear();
                break;
            }
        PyErr_Restore(type, error, traceback);
        return -1;
    }

    static inline int visit_from_last(PyObject *nodes, Visit visit) {
        PyObject **items = PySequence_Fast_ITEMS(nodes);
        Py_ssize_t i = PyObject_Length(nodes);
        if (i < 0) return -1;
        while (i--)
            if (visit(items[i]) == -1) return -1;
        return 0;
    }

    #define visit_all(nodes, visit) visit_from_first(nodes, (Visit)(visit))
    #define visit_reversed(nodes, visit) visit_from_last(nodes, (Visit)(visit))
    """
    int visit_all(tuple nodes, ...) except -1
    int visit_reversed(tuple nodes, ...) except -1
