# C types for tape.py.
cimport cython
from cpython cimport array

from autograd cimport _rules, ahead, kernel
from autograd.engine cimport Order, Value, take_over
from autograd.node cimport Many, Node, add_up
from autograd.operation cimport Op

cdef int ONE, MINUS_ONE, ZERO, MINUS_ZERO, FIRST, ADD, SUBTRACT, MULTIPLY, NEGATIVE, SUMS, WEIGHTED
cdef Op WEIGHTED_SUM
cdef long long BASE

cdef class Statements:
    cdef int leaves, nodes, gradients, numbers, terms
    cdef int[::1] begin, parents, locals, uses, code, x, y, next, head, tail, length, level, source

    @cython.locals(node=Value, parent=Value, edge=int, i=int)
    cdef int read(self, tuple leaves, tuple inner) except -1
    @cython.locals(code=int, first=int, edge=int)
    cdef inline int _find_locals(self, int i, int end) except -1
    @cython.locals(i=int, a=int, b=int, code=int, first=int, end=int, edge=int, level=int)
    cdef int forward(self) except -1
    @cython.locals(i=int, rules=int, statements=int, levels=int)
    cdef bint pay(self) except -1
    @cython.locals(i=int, edge=int, source=int, parent=int)
    cdef int backward(self) except -1
    @cython.locals(term=int)
    cdef str sum_of(self, int node, dict numbers)
    cdef inline int _open(self, int node) noexcept
    cdef inline int _include(self, int out, int node) except -1
    cdef inline int _add(self, int out, int x, int y) except -1
    cdef inline int _append(self, int out, int head, int tail, int length) except -1


cdef class Packer:
    cdef Statements said
    cdef int[::1] place, xs, ys, terms
    cdef int places
    cdef dict copies

    @cython.locals(constant=int)
    cdef int begin(self, Statements statements) except -1
    @cython.locals(said=Statements, kinds="int[::1]", listed="int[::1]", n=int, i=int, j=int, wide=bint)
    cdef array.array forward(self)
    @cython.locals(said=Statements, kinds="int[::1]", listed="int[::1]", n=int, i=int, j=int)
    cdef array.array backward(self)
    @cython.locals(first=int, j=int, level="int[::1]")
    cdef int _end(self, int[::1] listed, int i, int n, int[::1] kinds) except -1
    cdef int _put(self, int number, int count) except -1
    cdef inline int _place(self, int number) except -1
    @cython.locals(said=Statements, terms="int[::1]", width=int, lane=int, row=int)
    cdef int _place_leaves(self, int[::1] listed, int i, int j) except -1
    @cython.locals(said=Statements, lanes=int, length=int, xs="int[::1]", ys="int[::1]", terms="int[::1]", out=int, rest=int, k=int, width=int, lane=int, row=int, at=int, scaled=bint)
    cdef int _sums(self, array.array program, int[::1] listed, int i, int j, int what, int start) except -1
    @cython.locals(lane=int, place=int)
    cdef int _together(self, array.array program, int[::1] row, int at, int width) except -1
    @cython.locals(said=Statements, count=int, two=int, k=int, first=int, out=int, x=int, y=int, dx=int, dy=int, n=int, word=int)
    cdef int _rules(self, array.array program, int[::1] listed, int i, int j) except -1
    cdef inline int _operand(self, int node, int which) except -1


cdef inline bint is_sum(int code) noexcept

@cython.locals(lane=int)
cdef inline bint is_one(int[::1] row, int at, int width) noexcept

@cython.locals(lane=int)
cdef inline bint is_run(int[::1] row, int at, int width) noexcept

@cython.locals(i=int, key=int, largest=int, ends="int[::1]", result="int[::1]")
cdef int[::1] sort(int[::1] listed, int n, int[::1] keys)


cdef class Tape:
    cdef object __weakref__
    cdef Order order
    cdef readonly Value root
    cdef readonly bint pays
    cdef readonly long long number
    cdef readonly bint data_ahead, grads_ahead
    cdef array.array forwards, backwards, numbers
    cdef int[::1] data, grads, operands
    cdef int root_place, seed

    @cython.locals(statements=Statements)
    cdef int _make(self, Order order) except -1
    @cython.locals(packer=Packer, i=int, parent=int)
    cdef int _pack(self, Statements statements) except -1
    @cython.locals(said=Statements, i=int, edge=int)
    cdef str _text(self)
    cdef double forward(self) except? -1
    cdef double _forward(self) noexcept
    cdef int backward(self, double gradient) except -1
    @cython.locals(number="long long", node=Value)
    cdef int _take_nodes(self) except -1
    cpdef int let_go(self) except -1
    @cython.locals(edge=int, i=int, node=Value, x=double, y=double)
    cpdef int catch_up(self) except -1
    @cython.locals(place=int)
    cdef inline double _operand(self, Node parent, int edge) noexcept


@cython.locals(tape=Tape)
cpdef Tape tape_of(Order order)
