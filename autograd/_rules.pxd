# The rules of `ops` in C, in which nothing raises.
# Generated from ops.py by `python -m autograd.compiler.rules`. Do not edit.
# cython: cdivision=True
from libc.math cimport INFINITY as inf, NAN as nan

cdef enum:
    ADD = 1
    MULTIPLY = 3

cdef extern from "math.h" nogil:
    double acos(double)
    double acosh(double)
    double asin(double)
    double asinh(double)
    double atan(double)
    double atan2(double, double)
    double atanh(double)
    double cbrt(double)
    double ceil(double)
    double cos(double)
    double cosh(double)
    double erf(double)
    double erfc(double)
    double exp(double)
    double expm1(double)
    double fabs(double)
    double floor(double)
    double fmod(double, double)
    double log(double)
    double log10(double)
    double log1p(double)
    double log2(double)
    double pow(double, double)
    double rint(double)
    double sin(double)
    double sinh(double)
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
    cdef double t1 = x * x
    cdef double out = t1 if y == 2.0 else (x if y == 1.0 else pow(x, y))
    cdef double t2 = y - 1.0
    return out, 0.0 if fabs(y) <= 0.0 else y * (t1 if t2 == 2.0 else (x if t2 == 1.0 else pow(x, t2))), out * log(x) if x > 0.0 else ((0.0 if y >= 0.0 else out * -inf) if fabs(x) <= 0.0 else out * nan)


cdef inline (double, double, double) absolute_rule(double x, double y) noexcept nogil:
    return fabs(x), 1.0 if x > 0.0 else (-1.0 if x < 0.0 else 0.0), 0.0


cdef inline (double, double, double) square_rule(double x, double y) noexcept nogil:
    return x * x, 2.0 * x, 0.0


cdef inline (double, double, double) reciprocal_rule(double x, double y) noexcept nogil:
    cdef double out = 1.0 / x
    return out, -(out * out), 0.0


cdef inline (double, double, double) exp_rule(double x, double y) noexcept nogil:
    cdef double out = exp(x)
    return out, out, 0.0


cdef inline (double, double, double) exp2_rule(double x, double y) noexcept nogil:
    cdef double out = 4.0 if x == 2.0 else (2.0 if x == 1.0 else pow(2.0, x))
    return out, out * 0.6931471805599453, 0.0


cdef inline (double, double, double) expm1_rule(double x, double y) noexcept nogil:
    cdef double out = expm1(x)
    return out, out + 1.0, 0.0


cdef inline (double, double, double) log_rule(double x, double y) noexcept nogil:
    return log(x), 1.0 / x, 0.0


cdef inline (double, double, double) log1p_rule(double x, double y) noexcept nogil:
    return log1p(x), 1.0 / (1.0 + x), 0.0


cdef inline (double, double, double) log2_rule(double x, double y) noexcept nogil:
    return log2(x), 1.0 / (x * 0.6931471805599453), 0.0


cdef inline (double, double, double) log10_rule(double x, double y) noexcept nogil:
    return log10(x), 1.0 / (x * 2.302585092994046), 0.0


cdef inline (double, double, double) sqrt_rule(double x, double y) noexcept nogil:
    cdef double out = sqrt(x)
    return out, 0.5 / out, 0.0


cdef inline (double, double, double) cbrt_rule(double x, double y) noexcept nogil:
    cdef double out = cbrt(x)
    return out, 1.0 / (3.0 * (out * out)), 0.0


cdef inline (double, double, double) sin_rule(double x, double y) noexcept nogil:
    return sin(x), cos(x), 0.0


cdef inline (double, double, double) cos_rule(double x, double y) noexcept nogil:
    return cos(x), -sin(x), 0.0


cdef inline (double, double, double) tan_rule(double x, double y) noexcept nogil:
    cdef double out = tan(x)
    return out, 1.0 + out * out, 0.0


cdef inline (double, double, double) asin_rule(double x, double y) noexcept nogil:
    return asin(x), 1.0 / sqrt(1.0 - x * x), 0.0


cdef inline (double, double, double) acos_rule(double x, double y) noexcept nogil:
    return acos(x), -1.0 / sqrt(1.0 - x * x), 0.0


cdef inline (double, double, double) atan_rule(double x, double y) noexcept nogil:
    return atan(x), 1.0 / (1.0 + x * x), 0.0


cdef inline (double, double, double) atan2_rule(double x, double y) noexcept nogil:
    cdef double t1 = x * x + y * y
    cdef double t2 = 0.0 if fabs(t1) <= 0.0 else 1.0 / t1
    return atan2(x, y), y * t2, -x * t2


cdef inline (double, double, double) sinh_rule(double x, double y) noexcept nogil:
    return sinh(x), cosh(x), 0.0


cdef inline (double, double, double) cosh_rule(double x, double y) noexcept nogil:
    return cosh(x), sinh(x), 0.0


cdef inline (double, double, double) tanh_rule(double x, double y) noexcept nogil:
    cdef double out = tanh(x)
    return out, 1.0 - out * out, 0.0


cdef inline (double, double, double) asinh_rule(double x, double y) noexcept nogil:
    return asinh(x), 1.0 / sqrt(x * x + 1.0), 0.0


cdef inline (double, double, double) acosh_rule(double x, double y) noexcept nogil:
    return acosh(x), 1.0 / sqrt(x * x - 1.0), 0.0


cdef inline (double, double, double) atanh_rule(double x, double y) noexcept nogil:
    return atanh(x), 1.0 / (1.0 - x * x), 0.0


cdef inline (double, double, double) erf_rule(double x, double y) noexcept nogil:
    return erf(x), 1.1283791670955126 * exp(-x * x), 0.0


cdef inline (double, double, double) erfc_rule(double x, double y) noexcept nogil:
    return erfc(x), -1.1283791670955126 * exp(-x * x), 0.0


cdef inline (double, double, double) floor_rule(double x, double y) noexcept nogil:
    return floor(x), 0.0, 0.0


cdef inline (double, double, double) ceil_rule(double x, double y) noexcept nogil:
    return ceil(x), 0.0, 0.0


cdef inline (double, double, double) round_rule(double x, double y) noexcept nogil:
    return rint(x), 0.0, 0.0


cdef inline (double, double, double) maximum_rule(double x, double y) noexcept nogil:
    cdef double t1 = x < y
    return x if x >= y else (y if t1 else x + y), (1.0 - (1.0 if t1 else 0.0)) * (1.0 - 0.5 * (1.0 if x <= y else 0.0)), (1.0 - (1.0 if y < x else 0.0)) * (1.0 - 0.5 * (1.0 if y <= x else 0.0))


cdef inline (double, double, double) minimum_rule(double x, double y) noexcept nogil:
    cdef double t1 = x <= y
    return x if t1 else (y if x > y else x + y), (1.0 - (1.0 if y < x else 0.0)) * (1.0 - 0.5 * (1.0 if y <= x else 0.0)), (1.0 - (1.0 if x < y else 0.0)) * (1.0 - 0.5 * (1.0 if t1 else 0.0))


cdef inline (double, double, double) hypot_rule(double x, double y) noexcept nogil:
    cdef double t1 = fabs(x)
    cdef double t2 = fabs(y)
    cdef double t3 = t1 + t2
    cdef double t4 = t1 if t1 >= t2 else (t2 if t1 < t2 else t3)
    cdef double out = inf if t1 == inf else (inf if t2 == inf else t4 * sqrt(1.0 + (t1 if t1 <= t2 else (t2 if t1 > t2 else t3)) / (1.0 if fabs(t4) <= 0.0 else t4) * ((t1 if t1 <= t2 else (t2 if t1 > t2 else t3)) / (1.0 if fabs(t4) <= 0.0 else t4))))
    return out, x / out, y / out


cdef inline (double, double, double) logaddexp_rule(double x, double y) noexcept nogil:
    cdef double t1 = x - y
    cdef double t2 = exp(-fabs(t1))
    cdef double t3 = y - x
    cdef double t4 = exp(-fabs(t3))
    return x + 0.6931471805599453 if x == y else (x if x >= y else (y if x < y else x + y)) + log1p(t2), (1.0 if t1 >= 0.0 else t2) / (1.0 + t2), (1.0 if t3 >= 0.0 else t4) / (1.0 + t4)


cdef inline (double, double, double) xlogy_rule(double x, double y) noexcept nogil:
    cdef double t1 = fabs(x) <= 0.0
    cdef double t2 = log(y)
    return 0.0 if t1 else x * t2, t2, 0.0 if t1 else x / y


cdef inline (double, double, double) remainder_rule(double x, double y) noexcept nogil:
    cdef double t1 = fmod(x, y)
    cdef double t2 = t1 + y
    cdef double t3 = t1 > 0.0
    cdef double t4 = y < 0.0
    cdef double t5 = t1 < 0.0
    cdef double t6 = y > 0.0
    cdef double t7 = x / y
    cdef double t8 = (x - t1) / y
    cdef double t9 = t8 - 1.0
    return (t2 if t6 else t1) if t5 else ((t2 if t4 else t1) if t3 else t1), 1.0, -(t7 if fabs(y) <= 0.0 else (0.0 * t7 if fabs(rint(((t9 if t6 else t8) if t5 else ((t9 if t4 else t8) if t3 else t8)))) <= 0.0 else rint(((t9 if t6 else t8) if t5 else ((t9 if t4 else t8) if t3 else t8)))))


cdef inline (double, double, double) floor_divide_rule(double x, double y) noexcept nogil:
    cdef double t1 = x / y
    cdef double t2 = fmod(x, y)
    cdef double t3 = (x - t2) / y
    cdef double t4 = t3 - 1.0
    return t1 if fabs(y) <= 0.0 else (0.0 * t1 if fabs(rint(((t4 if y > 0.0 else t3) if t2 < 0.0 else ((t4 if y < 0.0 else t3) if t2 > 0.0 else t3)))) <= 0.0 else rint(((t4 if y > 0.0 else t3) if t2 < 0.0 else ((t4 if y < 0.0 else t3) if t2 > 0.0 else t3)))), 0.0, 0.0


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


cdef inline (double, double, double) logsigmoid_rule(double x, double y) noexcept nogil:
    cdef double t1 = -x
    cdef double t2 = exp(-fabs(t1))
    return (x if x <= 0.0 else (0.0 if x > 0.0 else x + 0.0)) - log1p(exp(-fabs(x))), (1.0 if t1 >= 0.0 else t2) / (1.0 + t2), 0.0


cdef inline (double, double, double) leaky_relu_rule(double x, double y) noexcept nogil:
    cdef double t1 = x > 0.0
    cdef double t2 = 1.0 if t1 else (-1.0 if x < 0.0 else 0.0)
    return x if t1 else 0.01 * x, 0.01 + 0.99 * (0.0 if t2 < 0.0 else t2), 0.0


cdef inline (double, double, double) elu_rule(double x, double y) noexcept nogil:
    cdef double t1 = -x
    return x if x > 0.0 else expm1(x), exp(-(0.0 if t1 < 0.0 else t1)), 0.0


cdef inline (double, double, double) silu_rule(double x, double y) noexcept nogil:
    cdef double t1 = exp(-fabs(x))
    cdef double t2 = (1.0 if x >= 0.0 else t1) / (1.0 + t1)
    return x * t2, t2 * (1.0 + x * (1.0 - t2)), 0.0


cdef inline (double, double, double) gelu_rule(double x, double y) noexcept nogil:
    cdef double t1 = 0.5 * erfc(-x * 0.7071067811865476)
    return x * t1, t1 + x * (0.3989422804014327 * exp(-0.5 * x * x)), 0.0


cdef inline (double, double, double) heaviside_rule(double x, double y) noexcept nogil:
    return 0.0 if x <= 0.0 else 1.0, 0.0, 0.0


cdef inline (double, double, double) sign_rule(double x, double y) noexcept nogil:
    return 1.0 if x > 0.0 else (-1.0 if x < 0.0 else 0.0), 0.0, 0.0


cdef inline (double, double, double) less_rule(double x, double y) noexcept nogil:
    return 1.0 if x < y else 0.0, 0.0, 0.0


cdef inline (double, double, double) at_most_rule(double x, double y) noexcept nogil:
    return 1.0 if x <= y else 0.0, 0.0, 0.0


cdef inline (double, double, double) ratio_rule(double x, double y) noexcept nogil:
    cdef double out = 0.0 if fabs(x) <= 0.0 else x / y
    return out, 1.0 / y, -(0.0 if fabs(out) <= 0.0 else out / y)


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
        return square_rule(x, y)
    elif code == 9:
        return reciprocal_rule(x, y)
    elif code == 10:
        return exp_rule(x, y)
    elif code == 11:
        return exp2_rule(x, y)
    elif code == 12:
        return expm1_rule(x, y)
    elif code == 13:
        return log_rule(x, y)
    elif code == 14:
        return log1p_rule(x, y)
    elif code == 15:
        return log2_rule(x, y)
    elif code == 16:
        return log10_rule(x, y)
    elif code == 17:
        return sqrt_rule(x, y)
    elif code == 18:
        return cbrt_rule(x, y)
    elif code == 19:
        return sin_rule(x, y)
    elif code == 20:
        return cos_rule(x, y)
    elif code == 21:
        return tan_rule(x, y)
    elif code == 22:
        return asin_rule(x, y)
    elif code == 23:
        return acos_rule(x, y)
    elif code == 24:
        return atan_rule(x, y)
    elif code == 25:
        return atan2_rule(x, y)
    elif code == 26:
        return sinh_rule(x, y)
    elif code == 27:
        return cosh_rule(x, y)
    elif code == 28:
        return tanh_rule(x, y)
    elif code == 29:
        return asinh_rule(x, y)
    elif code == 30:
        return acosh_rule(x, y)
    elif code == 31:
        return atanh_rule(x, y)
    elif code == 32:
        return erf_rule(x, y)
    elif code == 33:
        return erfc_rule(x, y)
    elif code == 34:
        return floor_rule(x, y)
    elif code == 35:
        return ceil_rule(x, y)
    elif code == 36:
        return round_rule(x, y)
    elif code == 37:
        return maximum_rule(x, y)
    elif code == 38:
        return minimum_rule(x, y)
    elif code == 39:
        return hypot_rule(x, y)
    elif code == 40:
        return logaddexp_rule(x, y)
    elif code == 41:
        return xlogy_rule(x, y)
    elif code == 42:
        return remainder_rule(x, y)
    elif code == 43:
        return floor_divide_rule(x, y)
    elif code == 44:
        return sigmoid_rule(x, y)
    elif code == 45:
        return relu_rule(x, y)
    elif code == 46:
        return softplus_rule(x, y)
    elif code == 47:
        return logsigmoid_rule(x, y)
    elif code == 48:
        return leaky_relu_rule(x, y)
    elif code == 49:
        return elu_rule(x, y)
    elif code == 50:
        return silu_rule(x, y)
    elif code == 51:
        return gelu_rule(x, y)
    elif code == 52:
        return heaviside_rule(x, y)
    elif code == 53:
        return sign_rule(x, y)
    elif code == 54:
        return less_rule(x, y)
    elif code == 55:
        return at_most_rule(x, y)
    elif code == 56:
        return ratio_rule(x, y)
    else:
        return nan, nan, nan


cdef inline void apply_to_all(
    int code, int n, double *out, double *left, double *right, double *x, double *y
) noexcept nogil:
    cdef int i
    if code == 1:
        for i in range(n):
            out[i], left[i], right[i] = add_rule(x[i], y[i])
    elif code == 2:
        for i in range(n):
            out[i], left[i], right[i] = subtract_rule(x[i], y[i])
    elif code == 3:
        for i in range(n):
            out[i], left[i], right[i] = multiply_rule(x[i], y[i])
    elif code == 4:
        for i in range(n):
            out[i], left[i], right[i] = divide_rule(x[i], y[i])
    elif code == 5:
        for i in range(n):
            out[i], left[i], right[i] = negative_rule(x[i], y[i])
    elif code == 6:
        for i in range(n):
            out[i], left[i], right[i] = power_rule(x[i], y[i])
    elif code == 7:
        for i in range(n):
            out[i], left[i], right[i] = absolute_rule(x[i], y[i])
    elif code == 8:
        for i in range(n):
            out[i], left[i], right[i] = square_rule(x[i], y[i])
    elif code == 9:
        for i in range(n):
            out[i], left[i], right[i] = reciprocal_rule(x[i], y[i])
    elif code == 10:
        for i in range(n):
            out[i], left[i], right[i] = exp_rule(x[i], y[i])
    elif code == 11:
        for i in range(n):
            out[i], left[i], right[i] = exp2_rule(x[i], y[i])
    elif code == 12:
        for i in range(n):
            out[i], left[i], right[i] = expm1_rule(x[i], y[i])
    elif code == 13:
        for i in range(n):
            out[i], left[i], right[i] = log_rule(x[i], y[i])
    elif code == 14:
        for i in range(n):
            out[i], left[i], right[i] = log1p_rule(x[i], y[i])
    elif code == 15:
        for i in range(n):
            out[i], left[i], right[i] = log2_rule(x[i], y[i])
    elif code == 16:
        for i in range(n):
            out[i], left[i], right[i] = log10_rule(x[i], y[i])
    elif code == 17:
        for i in range(n):
            out[i], left[i], right[i] = sqrt_rule(x[i], y[i])
    elif code == 18:
        for i in range(n):
            out[i], left[i], right[i] = cbrt_rule(x[i], y[i])
    elif code == 19:
        for i in range(n):
            out[i], left[i], right[i] = sin_rule(x[i], y[i])
    elif code == 20:
        for i in range(n):
            out[i], left[i], right[i] = cos_rule(x[i], y[i])
    elif code == 21:
        for i in range(n):
            out[i], left[i], right[i] = tan_rule(x[i], y[i])
    elif code == 22:
        for i in range(n):
            out[i], left[i], right[i] = asin_rule(x[i], y[i])
    elif code == 23:
        for i in range(n):
            out[i], left[i], right[i] = acos_rule(x[i], y[i])
    elif code == 24:
        for i in range(n):
            out[i], left[i], right[i] = atan_rule(x[i], y[i])
    elif code == 25:
        for i in range(n):
            out[i], left[i], right[i] = atan2_rule(x[i], y[i])
    elif code == 26:
        for i in range(n):
            out[i], left[i], right[i] = sinh_rule(x[i], y[i])
    elif code == 27:
        for i in range(n):
            out[i], left[i], right[i] = cosh_rule(x[i], y[i])
    elif code == 28:
        for i in range(n):
            out[i], left[i], right[i] = tanh_rule(x[i], y[i])
    elif code == 29:
        for i in range(n):
            out[i], left[i], right[i] = asinh_rule(x[i], y[i])
    elif code == 30:
        for i in range(n):
            out[i], left[i], right[i] = acosh_rule(x[i], y[i])
    elif code == 31:
        for i in range(n):
            out[i], left[i], right[i] = atanh_rule(x[i], y[i])
    elif code == 32:
        for i in range(n):
            out[i], left[i], right[i] = erf_rule(x[i], y[i])
    elif code == 33:
        for i in range(n):
            out[i], left[i], right[i] = erfc_rule(x[i], y[i])
    elif code == 34:
        for i in range(n):
            out[i], left[i], right[i] = floor_rule(x[i], y[i])
    elif code == 35:
        for i in range(n):
            out[i], left[i], right[i] = ceil_rule(x[i], y[i])
    elif code == 36:
        for i in range(n):
            out[i], left[i], right[i] = round_rule(x[i], y[i])
    elif code == 37:
        for i in range(n):
            out[i], left[i], right[i] = maximum_rule(x[i], y[i])
    elif code == 38:
        for i in range(n):
            out[i], left[i], right[i] = minimum_rule(x[i], y[i])
    elif code == 39:
        for i in range(n):
            out[i], left[i], right[i] = hypot_rule(x[i], y[i])
    elif code == 40:
        for i in range(n):
            out[i], left[i], right[i] = logaddexp_rule(x[i], y[i])
    elif code == 41:
        for i in range(n):
            out[i], left[i], right[i] = xlogy_rule(x[i], y[i])
    elif code == 42:
        for i in range(n):
            out[i], left[i], right[i] = remainder_rule(x[i], y[i])
    elif code == 43:
        for i in range(n):
            out[i], left[i], right[i] = floor_divide_rule(x[i], y[i])
    elif code == 44:
        for i in range(n):
            out[i], left[i], right[i] = sigmoid_rule(x[i], y[i])
    elif code == 45:
        for i in range(n):
            out[i], left[i], right[i] = relu_rule(x[i], y[i])
    elif code == 46:
        for i in range(n):
            out[i], left[i], right[i] = softplus_rule(x[i], y[i])
    elif code == 47:
        for i in range(n):
            out[i], left[i], right[i] = logsigmoid_rule(x[i], y[i])
    elif code == 48:
        for i in range(n):
            out[i], left[i], right[i] = leaky_relu_rule(x[i], y[i])
    elif code == 49:
        for i in range(n):
            out[i], left[i], right[i] = elu_rule(x[i], y[i])
    elif code == 50:
        for i in range(n):
            out[i], left[i], right[i] = silu_rule(x[i], y[i])
    elif code == 51:
        for i in range(n):
            out[i], left[i], right[i] = gelu_rule(x[i], y[i])
    elif code == 52:
        for i in range(n):
            out[i], left[i], right[i] = heaviside_rule(x[i], y[i])
    elif code == 53:
        for i in range(n):
            out[i], left[i], right[i] = sign_rule(x[i], y[i])
    elif code == 54:
        for i in range(n):
            out[i], left[i], right[i] = less_rule(x[i], y[i])
    elif code == 55:
        for i in range(n):
            out[i], left[i], right[i] = at_most_rule(x[i], y[i])
    elif code == 56:
        for i in range(n):
            out[i], left[i], right[i] = ratio_rule(x[i], y[i])
