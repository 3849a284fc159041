cimport cython


@cython.locals(operands=list, left=list, right=list, first=Py_ssize_t, i=Py_ssize_t)
cpdef dot(object xs, object ys, object bias=?)
