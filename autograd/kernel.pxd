# kernel.py in C. The loops over lanes have no branch and a fixed length, so that the compiler makes vectors of them.
from cpython cimport array
from libc cimport math
from libc.string cimport memset

cdef enum: SUM, SCALED, PAIRED, GATHER, RULE
cdef enum: LANES = 8

cdef inline array.array ints(Py_ssize_t count, int x):
    cdef array.array numbers = array.clone(array.array("i"), count, False)
    cdef Py_ssize_t i
    for i in range(count):
        numbers.data.as_ints[i] = x
    return numbers

cdef inline array.array floats(Py_ssize_t count):
    return array.clone(array.array("d"), count, True)

cdef inline int put(array.array program, int x) except -1:
    array.resize_smart(program, len(program) + 1)
    program.data.as_ints[len(program) - 1] = x

cdef inline void run(array.array program, array.array numbers) noexcept:
    cdef int *at = program.data.as_ints
    cdef int *end = at + len(program)
    cdef double *s = numbers.data.as_doubles
    cdef double total
    cdef double totals[LANES]
    cdef double *out
    cdef double *x
    cdef double *y
    cdef int instruction, n, i, j
    while at < end:
        instruction = at[0]
        out = s + at[1]
        n = at[3]
        if instruction == SUM:
            total = s[at[2]]
            at += 4
            for i in range(n):
                total += s[at[0]] * s[at[1]]
                at += 2
            out[0] = total
        elif instruction == SCALED:
            for j in range(LANES):
                totals[j] = s[at[2]]
            at += 4
            for i in range(n):
                x, total = s + at[0], s[at[1]]
                at += 2
                for j in range(LANES):
                    totals[j] += x[j] * total
            for j in range(LANES):
                out[j] = totals[j]
        elif instruction == PAIRED:
            for j in range(LANES):
                totals[j] = s[at[2]]
            at += 4
            for i in range(n):
                x, y = s + at[0], s + at[1]
                at += 2
                for j in range(LANES):
                    totals[j] += x[j] * y[j]
            for j in range(LANES):
                out[j] = totals[j]
        elif instruction == GATHER:
            for j in range(LANES):
                out[j] = s[at[2 + j]]
            at += 2 + LANES
        else:
            rule(at[2], n, out, s + at[4], s + at[5], s + at[6], at[7], s + at[8], at[9])
            at += 10

cdef inline void rule(int code, int n, double *out, double *left, double *right, double *x, int dx, double *y, int dy) noexcept:
    cdef int i
    cdef double e, v, w
    if code == 4:
        for i in range(n):
            v = x[i * dx]
            out[i], left[i] = 0.0 if v < 0 else v, 0.0 if v <= 0 else 1.0
    elif code == 5:
        for i in range(n):
            v = x[i * dx]
            e = math.exp(-math.fabs(v))
            out[i] = (1.0 if v >= 0 else e) / (1.0 + e)
            left[i] = out[i] * (1.0 - out[i])
    elif code == 6:
        for i in range(n):
            out[i] = left[i] = math.exp(x[i * dx])
    elif code == 7:
        for i in range(n):
            v = x[i * dx]
            out[i], left[i] = math.log(v), 1.0 / v
    elif code == 8:
        for i in range(n):
            v, w = x[i * dx], y[i * dy]
            out[i], left[i], right[i] = v / w, 1.0 / w, -(v / w / w)
    elif code == 9:
        for i in range(n):
            v, w = x[i * dx], y[i * dy]
            if w == 2:
                out[i], left[i], right[i] = v * v, 2.0 * v, v * v * math.log(v) if v > 0 else 0.0 if v == 0 else math.NAN
            else:
                out[i], left[i], right[i] = math.pow(v, w), 0 if w == 0 else w * math.pow(v, w - 1), 0
