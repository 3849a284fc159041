# kernel.py in C. The loops over lanes have no branch and a fixed length, so that the compiler makes vectors of them.
from cpython cimport array
from cpython.ref cimport PyObject

from autograd cimport _rules
from autograd.engine cimport Value

cdef extern from "Python.h":
    PyObject **PySequence_Fast_ITEMS(tuple nodes)

cdef enum: SUM, SCALED, PAIRED, GATHER, RULE
cdef enum: LANES = 16, NARROW = 4, VECTOR = 4

cdef inline array.array finished(array.array program):
    return program

cdef inline int *ints(list memory, Py_ssize_t count, int x=0) except NULL:
    cdef array.array numbers = array.clone(array.array("i"), count + 1, False)  # with no item it would have no address
    cdef Py_ssize_t i
    for i in range(count):
        numbers.data.as_ints[i] = x
    memory.append(numbers)
    return numbers.data.as_ints

cdef inline array.array program():
    return array.array("i")

cdef inline array.array floats(Py_ssize_t count):
    return array.clone(array.array("d"), count + 8, True)

cdef inline double *aligned(array.array numbers) noexcept:
    # The first multiple of 64 bytes: a vector that lies across two lines of the cache is read in two steps.
    return <double *>((<size_t>numbers.data.as_doubles + 63) & ~<size_t>63)

cdef inline int put(array.array program, int x) except -1:
    array.resize_smart(program, len(program) + 1)
    program.data.as_ints[len(program) - 1] = x

cdef inline bint pays(int nodes, int statements, int rules, int levels) noexcept:
    return nodes > 0 and (2 * levels <= nodes or 4 * statements <= 3 * nodes or nodes <= 4 * rules)

cdef inline void put_number(array.array numbers, int place, double x) noexcept:
    aligned(numbers)[place] = x

cdef inline double number(array.array numbers, int place) noexcept:
    return aligned(numbers)[place]

cdef inline void load(tuple leaves, int *places, array.array numbers) noexcept:
    cdef PyObject **items = PySequence_Fast_ITEMS(leaves)
    cdef double *s = aligned(numbers)
    cdef Py_ssize_t i
    for i in range(len(leaves)):
        s[places[i]] = (<Value>items[i])._data

cdef inline void accumulate(tuple leaves, int *places, array.array numbers) noexcept:
    cdef PyObject **items = PySequence_Fast_ITEMS(leaves)
    cdef double *s = aligned(numbers)
    cdef Py_ssize_t i
    for i in range(len(leaves)):
        (<Value>items[i])._grad += s[places[i]]

cdef extern from *:
    """
    // Compiled for wider vectors too, where the loader can choose what the processor has. Neither fuses a product
    // into its sum, so both have the same bits.
    #if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
        #define GLASSGRAD_WIDEST __attribute__((target_clones("avx2", "default"))) int
    #else
        #define GLASSGRAD_WIDEST int
    #endif
    """
    ctypedef int widest "GLASSGRAD_WIDEST"

cdef inline void run(array.array program, array.array numbers) noexcept:
    cdef int *code = program.data.as_ints
    cdef int *rule
    cdef double *s = aligned(numbers)
    cdef int at = 0, end = len(program)
    while True:
        at = sums(code, at, end, s)
        if at == end:
            return
        rule = code + at
        _rules.apply_to_all(
            rule[2], rule[3], s + rule[1], s + rule[4], s + rule[5], s + rule[6], s + rule[7]
        )
        at += 8

cdef inline widest sums(int *program, int start, int stop, double *s) noexcept:
    cdef int *at = program + start
    cdef int *end = program + stop
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
            for j in range(LANES):  # all before any is written, which the compiler needs to know for a vector
                totals[j] = s[at[2 + j]]
            for j in range(LANES):
                out[j] = totals[j]
            at += 2 + LANES
        else:
            break
    return at - program
