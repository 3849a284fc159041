# The rules of `ops` in C, in which nothing raises, and with which `engine` works out a node.
# Generated from ops.py by `python -m autograd.compiler.rules`. Do not edit.
# cython: cdivision=True
from libc.math cimport INFINITY as inf, NAN as nan

from autograd.engine cimport Value

cdef extern from "math.h" nogil:
    double cos(double)
    double exp(double)
    double fabs(double)
    double log(double)
    double log1p(double)
    double pow(double, double)
    double sin(double)
    double sqrt(double)
    double tan(double)
    double tanh(double)


cdef inline (double, double, double) add_rule(double x, double y) noexcept nogil:
    return x + y, 1.0, 1.0


cdef inline (double, double, double) subtract_rule(double x, double y) noexcept nogil:
    return x - y, 1.0, -1.0


cdef inline (double, double, double) multiply_rule(double x, double y) noexcept nogil:
    return x * y, y, x


cdef inline (double, double, double) divide_rule(double x, double y) noexcept nogil:
    cdef double out = x / y
    return out, 1.0 / y, -(out / y)


cdef inline (double, double, double) negative_rule(double x, double y) noexcept nogil:
    return -x, -1.0, 0.0


cdef inline (double, double, double) power_rule(double x, double y) noexcept nogil:
    cdef double out = x * x if y == 2.0 else (x if y == 1.0 else pow(x, y))
    return out, 0.0 if fabs(y) <= 0.0 else y * (x * x if y - 1.0 == 2.0 else (x if y - 1.0 == 1.0 else pow(x, y - 1.0))), out * log(x) if x > 0.0 else ((0.0 if y >= 0.0 else out * -inf) if fabs(x) <= 0.0 else out * nan)


cdef inline (double, double, double) absolute_rule(double x, double y) noexcept nogil:
    return fabs(x), 1.0 if x > 0.0 else (-1.0 if x < 0.0 else 0.0), 0.0


cdef inline (double, double, double) exp_rule(double x, double y) noexcept nogil:
    cdef double out = exp(x)
    return out, out, 0.0


cdef inline (double, double, double) log_rule(double x, double y) noexcept nogil:
    return log(x), 1.0 / x, 0.0


cdef inline (double, double, double) log1p_rule(double x, double y) noexcept nogil:
    return log1p(x), 1.0 / (1.0 + x), 0.0


cdef inline (double, double, double) sqrt_rule(double x, double y) noexcept nogil:
    cdef double out = sqrt(x)
    return out, 0.5 / out, 0.0


cdef inline (double, double, double) sin_rule(double x, double y) noexcept nogil:
    return sin(x), cos(x), 0.0


cdef inline (double, double, double) cos_rule(double x, double y) noexcept nogil:
    return cos(x), -sin(x), 0.0


cdef inline (double, double, double) tan_rule(double x, double y) noexcept nogil:
    cdef double out = tan(x)
    return out, 1.0 + out * out, 0.0


cdef inline (double, double, double) tanh_rule(double x, double y) noexcept nogil:
    cdef double out = tanh(x)
    return out, 1.0 - out * out, 0.0


cdef inline (double, double, double) sigmoid_rule(double x, double y) noexcept nogil:
    cdef double t1 = exp(-fabs(x))
    cdef double out = (1.0 if x >= 0.0 else t1) / (1.0 + t1)
    return out, out * (1.0 - out), 0.0


cdef inline (double, double, double) relu_rule(double x, double y) noexcept nogil:
    cdef double out = 0.0 if x < 0.0 else x
    return out, 0.0 if out <= 0.0 else 1.0, 0.0


cdef inline (double, double, double) softplus_rule(double x, double y) noexcept nogil:
    cdef double t1 = exp(-fabs(x))
    return (0.0 if x < 0.0 else x) + log1p(t1), (1.0 if x >= 0.0 else t1) / (1.0 + t1), 0.0


cdef inline (double, double, double) heaviside_rule(double x, double y) noexcept nogil:
    return 0.0 if x <= 0.0 else 1.0, 0.0, 0.0


cdef inline (double, double, double) sign_rule(double x, double y) noexcept nogil:
    return 1.0 if x > 0.0 else (-1.0 if x < 0.0 else 0.0), 0.0, 0.0


cdef inline (double, double, double) apply(int code, double x, double y) noexcept nogil:
    if code == 1:
        return add_rule(x, y)
    elif code == 2:
        return subtract_rule(x, y)
    elif code == 3:
        return multiply_rule(x, y)
    elif code == 4:
        return divide_rule(x, y)
    elif code == 5:
        return negative_rule(x, y)
    elif code == 6:
        return power_rule(x, y)
    elif code == 7:
        return absolute_rule(x, y)
    elif code == 8:
        return exp_rule(x, y)
    elif code == 9:
        return log_rule(x, y)
    elif code == 10:
        return log1p_rule(x, y)
    elif code == 11:
        return sqrt_rule(x, y)
    elif code == 12:
        return sin_rule(x, y)
    elif code == 13:
        return cos_rule(x, y)
    elif code == 14:
        return tan_rule(x, y)
    elif code == 15:
        return tanh_rule(x, y)
    elif code == 16:
        return sigmoid_rule(x, y)
    elif code == 17:
        return relu_rule(x, y)
    elif code == 18:
        return softplus_rule(x, y)
    elif code == 19:
        return heaviside_rule(x, y)
    elif code == 20:
        return sign_rule(x, y)
    else:
        return nan, nan, nan


cdef inline int evaluate(Value node) except -1:
    cdef int code = 0 if node._operation is None else node._operation.code
    cdef double x = node._left._data
    cdef double y = 0.0 if node._right is None else node._right._data
    if code == 1:  # add
        node._data, node._left_local, node._right_local = x + y, 1.0, 1.0
    elif code == 2:  # subtract
        node._data, node._left_local, node._right_local = x - y, 1.0, -1.0
    elif code == 3:  # multiply
        node._data, node._left_local, node._right_local = x * y, y, x
    elif code == 5:  # negative
        node._data, node._left_local, node._right_local = -x, -1.0, 0.0
    else:
        node._evaluate()  # by way of a pointer, which keeps this small enough for the loops of walk.pxd
    return 0
