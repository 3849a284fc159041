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
    cdef list memory, lasting
    cdef int *begin
    cdef int *parents
    cdef int *locals
    cdef int *uses
    cdef int *code
    cdef int *x
    cdef int *y
    cdef int *next
    cdef int *head
    cdef int *tail
    cdef int *length
    cdef int *level
    cdef int *source

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
    cdef list memory
    cdef int *listed
    cdef int *spare
    cdef int *place
    cdef int places, count
    cdef dict copies

    @cython.locals(constant=int)
    cdef int begin(self, Statements statements) except -1
    @cython.locals(said=Statements, memory=list, kinds=cython.p_int, i=int)
    cdef array.array forward(self)
    @cython.locals(said=Statements, memory=list, places=cython.p_int, i=int)
    cdef array.array backward(self)
    @cython.locals(said=Statements, program=array.array, listed=cython.p_int, i=int, j=int, first=int)
    cdef array.array _write(self, int *kinds, int what, int start)
    @cython.locals(node=int)
    cdef int _list(self) except -1
    @cython.locals(i=int, node=int, key=int, largest=int, count=int, memory=list, ends=cython.p_int)
    cdef int _sort(self, int *keys) except -1
    cdef inline int _room(self, int count) noexcept
    cdef inline int _place(self, int number) noexcept
    @cython.locals(said=Statements, memory=list, lanes=int, length=int, xs=cython.p_int, ys=cython.p_int, terms=cython.p_int, rest=int, out=int, k=int, width=int, lane=int, row=int, at=int, scaled=bint)
    cdef int _sums(self, array.array program, int *listed, int i, int j, int what, int start) except -1
    @cython.locals(lane=int, place=int)
    cdef int _together(self, array.array program, int *row, int at, int width) except -1
    @cython.locals(said=Statements, memory=list, count=int, code=int, two=int, xs=cython.p_int, ys=cython.p_int, out=int, k=int, node=int, first=int, width=int, n=int, x=int, y=int, word=int)
    cdef int _rules(self, array.array program, int *listed, int i, int j) except -1


cdef inline bint is_sum(int code) noexcept

@cython.locals(lane=int)
cdef inline bint is_one(int *row, int at, int width) noexcept

@cython.locals(lane=int)
cdef inline bint is_run(int *row, int at, int width) noexcept

cdef class Tape:
    cdef object __weakref__
    cdef Order order
    cdef readonly Value root
    cdef readonly bint pays
    cdef readonly long long number
    cdef readonly bint data_ahead, grads_ahead
    cdef array.array forwards, backwards, numbers
    cdef list memory
    cdef int *data
    cdef int *grads
    cdef int *operands
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
