# The loops of walk.py in C, over the nodes where they lie in the tuple: counting a reference to each, and checking its
# type, would make replay take half as long again. That is safe: a tuple cannot change, whoever calls these loops holds
# it, and it is one of an `Order`, so that there are Values in it and nothing else. What visits a node returns -1 for an
# error, as compiled functions do.
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
