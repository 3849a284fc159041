"""How a kept graph is replayed fast: as statements that run over numbers, beside its nodes.

Replaying a graph node by node visits everything that a node holds. A tape has the same computation as statements of one
kind, sums of products. A chain of additions, with the products that only it uses, is one of them:

    z3 = w3 · h1 + w4 · h2

and so is the gradient of a node: for each consumer there is one term, local derivative · the consumer's gradient.

    x.grad = w2 · z2.grad + w1 · z1.grad

Forward and backward are the same kind of thing, then, and one loop runs both; only operations that are no sums of
products, such as exp, have a statement of their own. Each sum adds up in the order in which the nodes would, so that
the numbers are the nodes' to the last bit. ``print(Graph(loss).tape)`` shows them all.

`Statements` reads a graph; `Packer` writes its statements as a program, packing into lanes what does not depend on each
other; `kernel` runs that; and a `Tape` sees to it that whoever looks at a node finds the number that it should have.
"""

from __future__ import annotations

from typing import Any
from weakref import ref

from autograd import _rules, ahead, kernel, ops
from autograd.engine import Order, Value, take_over
from autograd.formula import format_number, made_from, name_values, write
from autograd.node import add_up

ONE, MINUS_ONE, ZERO, MINUS_ZERO, FIRST = range(5)  # the first numbers on every tape
BASE = 1 << 40  # node i is marked with BASE + i while a tape is made: more than any walk's number
ADD, SUBTRACT, MULTIPLY, NEGATIVE = ops.add.code, ops.subtract.code, ops.multiply.code, ops.negative.code
WEIGHTED_SUM, SUMS = ops.weighted_sum, len(ops.TABLE)
WEIGHTED = -1  # what goes here for the code of a weighted sum, which has none: 0 is for operations of the user's own


def tape_of(order: Order) -> Tape:
    """The tape of a graph."""
    tape = Tape.__new__(Tape)
    tape._make(order)
    return tape


class Statements:
    """A graph as statements, each a sum of products of numbers: forward, then backward.

    Numbers go by numbers themselves: the constants first, then the data of node i at FIRST + i, its gradient
    `count` later, and then the local derivatives of the operations that are no sums of products.
    """

    def read(self, leaves: tuple[Value, ...], inner: tuple[Value, ...]) -> None:
        """What each node is made from, and which numbers are its local derivatives."""
        self.leaves, self.nodes = len(leaves), len(leaves) + len(inner)
        self.gradients = FIRST + self.nodes
        self.numbers = FIRST + 2 * self.nodes
        i = edge = 0
        for node in leaves:
            node._mark = BASE + i
            i += 1
        for node in inner:
            node._mark = BASE + i
            edge += 2 if node._many is None else len(node._many.parents)
            i += 1
        self.memory: list[Any] = []
        self.lasting: list[Any] = []  # what the tape goes on with
        self.begin = kernel.ints(self.memory, self.nodes + 1)
        self.parents = kernel.ints(self.lasting, edge)
        self.locals = kernel.ints(self.memory, edge)
        self.uses = kernel.ints(self.memory, self.nodes)
        self.code = kernel.ints(self.memory, self.nodes)
        # The terms, in a linked list for each statement
        self.x = kernel.ints(self.memory, edge)
        self.y = kernel.ints(self.memory, edge)
        self.next = kernel.ints(self.memory, edge)
        self.head = kernel.ints(self.memory, self.nodes)
        self.tail = kernel.ints(self.memory, self.nodes)
        self.length = kernel.ints(self.memory, self.nodes)
        self.level = kernel.ints(self.memory, self.nodes, self.nodes)
        self.source = kernel.ints(self.memory, self.nodes)
        self.terms = edge = 0
        i = self.leaves
        for node in inner:
            self.code[i] = WEIGHTED if node._operation is WEIGHTED_SUM else node._operation.code
            self.begin[i] = edge
            if node._many is not None:
                for parent in node._many.parents:
                    self.parents[edge] = parent._mark - BASE
                    edge += 1
            else:
                self.parents[edge] = node._left._mark - BASE
                edge += 1
                if node._right is not None:
                    self.parents[edge] = node._right._mark - BASE
                    edge += 1
            self._find_locals(i, edge)
            i += 1
        self.begin[i] = edge

    def _find_locals(self, i: int, end: int) -> None:
        """Which numbers are the local derivatives of node i, whose edges end there."""
        code, first = self.code[i], self.begin[i]
        for edge in range(first, end):
            self.uses[self.parents[edge]] += 1
        if code == WEIGHTED and (end - first) % 2:
            self.locals[first] = ONE
            first += 1
        if code in (ADD, SUBTRACT):
            self.locals[first], self.locals[first + 1] = ONE, ONE if code == ADD else MINUS_ONE
        elif code in (MULTIPLY, WEIGHTED):
            for edge in range(first, end, 2):
                self.locals[edge] = FIRST + self.parents[edge + 1]
                self.locals[edge + 1] = FIRST + self.parents[edge]
        elif code == NEGATIVE:
            self.locals[first] = MINUS_ONE
        else:
            for edge in range(first, end):
                self.locals[edge] = self.numbers
                self.numbers += 1

    def forward(self) -> None:
        """Each node from its parents. A sum takes in the sum or product that it goes on from, if nothing else does.

        Levels go up to the root's: a statement is as late as it can be, after what it needs.
        """
        for i in range(self.leaves, self.nodes):
            code, first, end = self.code[i], self.begin[i], self.begin[i + 1]
            a, b = self.parents[first], self.parents[end - 1]
            if code == ADD:
                if self._open(b) > max(self._open(a), 1):
                    a, b = b, a  # x + (a long sum) is the sum going on
                self._include(i, a)
                self._include(i, b)
            elif code == SUBTRACT:
                self._include(i, a)
                self._add(i, FIRST + b, MINUS_ONE)
            elif code in (MULTIPLY, WEIGHTED):
                if (end - first) % 2:
                    self._include(i, a)
                    first += 1
                for edge in range(first, end, 2):
                    self._add(i, FIRST + self.parents[edge], FIRST + self.parents[edge + 1])
            elif code == NEGATIVE:
                self._add(i, FIRST + a, MINUS_ONE)
        for i in range(self.nodes - 1, self.leaves - 1, -1):
            level = self.level[i] - (self.length[i] > 0 or not is_sum(self.code[i]))
            for edge in range(self.begin[i], self.begin[i + 1]):
                self.level[self.parents[edge]] = min(self.level[self.parents[edge]], level)

    def pay(self) -> bool:
        """Whether they run faster than the nodes are visited: measured, and otherwise in each build."""
        rules = statements = levels = 0
        for i in range(self.leaves, self.nodes):
            if self.code[i] == 0:
                return False  # an operation of the user's own
            rules += not is_sum(self.code[i])
            statements += self.length[i] > 0
            levels = max(levels, self.nodes - self.level[i] + 1)
        return kernel.pays(self.nodes - self.leaves, statements + rules, rules, levels)

    def backward(self) -> None:
        """Each gradient from those of the node's consumers. One that is another's, times 1, is no statement."""
        self.terms = 0
        for i in range(self.nodes):
            self.length[i] = self.level[i] = 0
            self.source[i] = i
        for i in range(self.nodes - 1, self.leaves - 1, -1):
            source = self.source[i]
            for edge in range(self.begin[i], self.begin[i + 1]):
                parent = self.parents[edge]
                if self.uses[parent] == 1 and self.locals[edge] == ONE:
                    self.source[parent] = source
                else:
                    self._add(parent, self.locals[edge], self.gradients + source)
                    self.level[parent] = max(self.level[parent], self.level[source] + 1)

    def sum_of(self, node: int, numbers: dict[int, str]) -> str:
        """A sum in names."""
        terms, term = [], self.head[node]
        for _ in range(self.length[node]):
            x, y = numbers[self.x[term]], numbers[self.y[term]]
            terms.append(f"{y}{x}" if y in ("", "−") else f"{x}{y}" if x in ("", "−") else f"{x} · {y}")
            term = self.next[term]
        return " + ".join(terms).replace("+ −", "− ")

    def _open(self, node: int) -> int:
        """How many terms a node has, if they can be another's."""
        return self.length[node] if self.uses[node] == 1 else 0

    def _include(self, out: int, node: int) -> None:
        """Add a node to a sum: its terms, if they are needed for nothing else, or the node times 1."""
        if self._open(node) == 1 or (self._open(node) and self.length[out] == 0):
            self._append(out, self.head[node], self.tail[node], self.length[node])
            self.length[node] = 0
        else:
            self._add(out, FIRST + node, ONE)

    def _add(self, out: int, x: int, y: int) -> None:
        """Add the term x·y to a sum."""
        self.x[self.terms], self.y[self.terms] = x, y
        self._append(out, self.terms, self.terms, 1)
        self.terms += 1

    def _append(self, out: int, head: int, tail: int, length: int) -> None:
        if self.length[out]:
            self.next[self.tail[out]] = head
        else:
            self.head[out] = head
        self.tail[out] = tail
        self.length[out] += length


class Packer:
    """Writes statements as programs for the kernel: gives each number a place, and packs what is alike into lanes.

    Statements of one level and one length do not depend on each other. They lie side by side, and run LANES at a time.
    """

    def begin(self, statements: Statements) -> None:
        """List the nodes, and give the constants their places."""
        self.said = statements
        self.memory: list[Any] = []
        self.listed = kernel.ints(self.memory, statements.nodes)
        self.spare = kernel.ints(self.memory, statements.nodes)
        self.place = kernel.ints(self.memory, statements.numbers, -1)
        self._list()
        for constant in range(FIRST):
            self.place[constant] = constant
        self.places = FIRST
        self.copies: dict[tuple[int, ...], int] = {}

    def forward(self) -> kernel.Program:
        """The program that computes the data."""
        said = self.said
        memory: list[Any] = []
        kinds = kernel.ints(memory, said.nodes)
        for i in range(said.leaves, said.nodes):
            if said.length[i] or not is_sum(said.code[i]):
                kinds[i] = SUMS + said.length[i] if said.length[i] else said.code[i]
        return self._write(kinds, FIRST, MINUS_ZERO)

    def backward(self) -> kernel.Program:
        """The program that computes the gradients."""
        said = self.said
        memory: list[Any] = []
        said.backward()
        self._place(said.gradients + said.nodes - 1)  # the root's is given
        places = kernel.ints(memory, said.nodes)
        for i in range(said.nodes):
            places[i] = self.place[FIRST + i] + 2  # without a place it is -1, and key 0 would leave it out
        self._list()
        self._sort(places)
        return self._write(said.length, said.gradients, ZERO)

    def _write(self, kinds: list[int], what: int, start: int) -> kernel.Program:
        """Write statements, group by group: what is of one level and one kind. Kind 0 is none."""
        said, program, i = self.said, kernel.program(), 0
        self._sort(kinds)
        self._sort(said.level)
        listed = self.listed
        while i < self.count:
            first, j = listed[i], i
            while j < self.count and said.level[listed[j]] == said.level[first] and kinds[listed[j]] == kinds[first]:
                j += 1
            if said.length[first]:
                self._sums(program, listed, i, j, what, start)
            else:
                self._rules(program, listed, i, j)
            i = j
        return kernel.finished(program)

    def _list(self) -> None:
        """List all nodes."""
        self.count = self.said.nodes
        for node in range(self.count):
            self.listed[node] = node

    def _sort(self, keys: list[int]) -> None:
        """Put those listed in the order of their keys; those with one key stay in theirs. Key 0 leaves out."""
        largest = count = 0
        for i in range(self.count):
            largest = max(largest, keys[self.listed[i]])
            count += keys[self.listed[i]] > 0
        memory: list[Any] = []
        ends = kernel.ints(memory, largest + 2)
        for i in range(self.count):
            ends[keys[self.listed[i]] + 1] += keys[self.listed[i]] > 0
        for key in range(largest):
            ends[key + 1] += ends[key]
        for i in range(self.count):
            node = self.listed[i]
            if keys[node]:
                self.spare[ends[keys[node]]] = node
                ends[keys[node]] += 1
        self.listed, self.spare, self.count = self.spare, self.listed, count

    def _room(self, count: int) -> int:
        """The first of so many new places. What lanes read together begins where a vector may."""
        if count != 1:
            self.places = (self.places + kernel.VECTOR - 1) // kernel.VECTOR * kernel.VECTOR
        self.places += count
        return self.places - count

    def _place(self, number: int) -> int:
        """The place of a number; a leaf gets it when it is first read."""
        if self.place[number] < 0:
            self.place[number] = self._room(1)
        return self.place[number]

    def _sums(self, program: list[int], listed: list[int], i: int, j: int, what: int, start: int) -> None:
        """Write sums of one length, which do not depend on each other."""
        said, lanes, length = self.said, kernel.LANES, self.said.length[listed[i]]
        memory: list[Any] = []
        xs, ys = kernel.ints(memory, lanes * length), kernel.ints(memory, lanes * length)
        terms = kernel.ints(memory, lanes)
        rest = (j - i) % lanes
        out = self._room(j - i + (lanes - rest if rest >= kernel.NARROW else 0))
        for k in range(i, j):
            self.place[what + listed[k]] = out + k - i
        while i < j:
            width = min(lanes, j - i) if j - i >= kernel.NARROW else 1
            for lane in range(width):
                terms[lane] = said.head[listed[i + lane]]
            scaled = True
            for row in range(length):
                at = row * lanes
                if width > 1 and self.place[said.x[terms[0]]] < 0:
                    self._room(0)
                for lane in range(width):
                    xs[at + lane] = self._place(said.x[terms[lane]])
                for lane in range(width):
                    ys[at + lane] = self._place(said.y[terms[lane]])
                    terms[lane] = said.next[terms[lane]]
                if not is_one(xs, at, width) and not is_one(ys, at, width):
                    scaled = False
            if width > 1:
                for row in range(length):
                    at = row * lanes
                    if scaled and not is_one(ys, at, width):
                        xs[at], ys[at] = self._together(program, ys, at, width), xs[at]
                    else:
                        xs[at] = self._together(program, xs, at, width)
                        if not scaled:
                            ys[at] = self._together(program, ys, at, width)
            kernel.put(program, kernel.SUM if width == 1 else kernel.SCALED if scaled else kernel.PAIRED)
            kernel.put(program, out)
            kernel.put(program, start)
            kernel.put(program, length)
            for row in range(length):
                kernel.put(program, xs[row * lanes])
                kernel.put(program, ys[row * lanes])
            out += width
            i += width

    def _together(self, program: list[int], row: list[int], at: int, width: int) -> int:
        """Where the numbers of a row stand side by side: where they are, or in a copy."""
        if is_run(row, at, width):
            return row[at]
        places: list[int] = []
        for lane in range(kernel.LANES):
            places.append(row[at + min(lane, width - 1)])
        key = tuple(places)
        if key not in self.copies:
            self.copies[key] = self._room(kernel.LANES)
            kernel.put(program, kernel.GATHER)
            kernel.put(program, self.copies[key])
            for place in key:
                kernel.put(program, place)
        return self.copies[key]

    def _rules(self, program: list[int], listed: list[int], i: int, j: int) -> None:
        """Write operations of one kind: all at once, if their operands are neighbours."""
        said, count, code = self.said, j - i, self.said.code[listed[i]]
        two = said.begin[listed[i] + 1] - said.begin[listed[i]] == 2
        memory: list[Any] = []
        xs, ys = kernel.ints(memory, count), kernel.ints(memory, count)
        out = self._room(3 * count)
        for k in range(count):
            node = listed[i + k]
            first = said.begin[node]
            xs[k] = self._place(FIRST + said.parents[first])
            ys[k] = self._place(FIRST + said.parents[first + two])
            self.place[FIRST + node], self.place[said.locals[first]] = out + k, out + count + k
            if two:
                self.place[said.locals[first + 1]] = out + 2 * count + k
        width = count if is_run(xs, 0, count) and is_run(ys, 0, count) else kernel.LANES
        for k in range(0, count, width):
            n = min(width, count - k)
            x, y = self._together(program, xs, k, n), self._together(program, ys, k, n)
            for word in (kernel.RULE, out + k, code, n, out + count + k, out + 2 * count + k, x, y):
                kernel.put(program, word)


def is_sum(code: int) -> bool:
    """Whether an operation is a sum of products."""
    return code in (ADD, SUBTRACT, MULTIPLY, NEGATIVE, WEIGHTED)


def is_one(row: list[int], at: int, width: int) -> bool:
    """Whether all lanes read the same number."""
    for lane in range(1, width):  # noqa: SIM110 (compiled, a generator would be slow)
        if row[at + lane] != row[at]:
            return False
    return True


def is_run(row: list[int], at: int, width: int) -> bool:
    """Whether the lanes read neighbours."""
    for lane in range(1, width):  # noqa: SIM110
        if row[at + lane] != row[at] + lane:
            return False
    return True


class Tape:
    """A graph to run over numbers."""

    def _make(self, order: Order) -> None:
        self.order, self.root = order, order.root
        self.number = 0  # while it has the last word on its nodes, their mark
        self.data_ahead = self.grads_ahead = False  # of the nodes
        take_over(order)
        statements = Statements.__new__(Statements)
        statements.read(order.leaves, order.inner)
        statements.forward()
        self.pays = statements.pay()
        if self.pays:
            self._pack(statements)

    def _pack(self, statements: Statements) -> None:
        packer = Packer.__new__(Packer)
        packer.begin(statements)
        self.forwards, self.backwards = packer.forward(), packer.backward()
        self.memory, self.operands = statements.lasting, statements.parents
        self.data = kernel.ints(self.memory, statements.leaves)
        self.grads = kernel.ints(self.memory, statements.nodes)
        for i in range(statements.leaves):
            self.data[i] = packer.place[FIRST + i]
        for i in range(statements.nodes):
            self.grads[i] = packer.place[statements.gradients + statements.source[i]]
        for i in range(statements.begin[statements.nodes]):
            self.operands[i] = packer.place[FIRST + statements.parents[i]]
        self.root_place = packer.place[FIRST + statements.nodes - 1]
        self.seed = self.grads[statements.nodes - 1]
        self.numbers = kernel.floats(packer.places + kernel.LANES)
        kernel.put_number(self.numbers, ONE, 1.0)
        kernel.put_number(self.numbers, MINUS_ONE, -1.0)
        kernel.put_number(self.numbers, MINUS_ZERO, -0.0)

    def forward(self) -> float:
        """Compute the data, and give the root its own."""
        if not self.number:
            self._take_nodes()
        try:
            return self._forward()
        except BaseException:  # an interrupt, in plain Python: the numbers are those of one point, and no mixture
            self._forward()
            raise

    def _forward(self) -> float:
        kernel.load(self.order.leaves, self.data, self.numbers)
        kernel.run(self.forwards, self.numbers)
        self.root._data = kernel.number(self.numbers, self.root_place)
        self.data_ahead = True
        return self.root._data

    def backward(self, gradient: float) -> None:
        """Compute the gradients, and add the leaves' to what they have."""
        kernel.put_number(self.numbers, self.seed, 0.0 + gradient)
        kernel.run(self.backwards, self.numbers)
        self.root._grad, self.grads_ahead = gradient, True
        kernel.accumulate(self.order.leaves, self.grads, self.numbers)

    def _take_nodes(self) -> None:
        """Mark the nodes, to be told when somebody looks at them."""
        number = next(ahead.numbers)
        for node in self.order.inner:
            if node._mark < 0:
                ahead.take_over(node._mark)
            node._mark = number
        ahead.tapes[number] = ref(self)
        self.number = number

    def let_go(self) -> None:
        """Leave the nodes to others."""
        ahead.tapes.pop(self.number, None)
        self.number = 0

    def catch_up(self) -> None:
        """Have the nodes hold what the tape does: the data of the last forward, the gradients of the last backward."""
        if self.data_ahead:
            edge = 0
            for node in self.order.inner:
                if node._many is not None:
                    for i in range(len(node._many.parents)):
                        node._many.local_grads[i] = self._operand(node._many.parents[i], edge)
                        edge += 1
                    node._data = add_up(node._many)
                else:
                    x = y = self._operand(node._left, edge)
                    edge += 1
                    if node._right is not None:
                        y = self._operand(node._right, edge)
                        edge += 1
                    node._data, node._left_local, node._right_local = _rules.apply(node._operation.code, x, y)
            self.data_ahead = False
        if self.grads_ahead:
            i = len(self.order.leaves)
            for node in self.order.inner:
                if node is not self.root:
                    node._grad = kernel.number(self.numbers, self.grads[i])
                i += 1
            self.grads_ahead = False

    def _operand(self, parent: Value, edge: int) -> float:
        """What an operand was in the last replay: a leaf may have moved on, and what a sum took in has no place."""
        place = self.operands[edge]
        return parent._data if place < 0 else kernel.number(self.numbers, place)

    def __str__(self) -> str:
        return self._text()

    def _text(self) -> str:
        """The statements in names. A node that is not there was taken in by the sum that it is a term of."""
        take_over(self.order)
        nodes = self.order.leaves + self.order.inner
        names = name_values(nodes)
        said = Statements.__new__(Statements)
        said.read(self.order.leaves, self.order.inner)
        numbers = {ONE: "", MINUS_ONE: "−"}
        for i in range(said.nodes):
            numbers[FIRST + i] = text = names[nodes[i]] if nodes[i] in names else format_number(nodes[i].data)
            numbers[said.gradients + i] = f"{text}.grad"
        for i in range(said.leaves, said.nodes):
            for edge in range(said.begin[i], said.begin[i + 1]):
                if not is_sum(said.code[i]):
                    parent = numbers[FIRST + said.parents[edge]]
                    numbers[said.locals[edge]] = f"∂{numbers[FIRST + i]}/∂{parent}"
        lines = []
        said.forward()
        for i in range(said.leaves, said.nodes):
            if not is_sum(said.code[i]):
                lines.append(f"{numbers[FIRST + i]} = {write(made_from(nodes[i]), names)}")
            elif said.length[i]:
                lines.append(f"{numbers[FIRST + i]} = {said.sum_of(i, numbers)}")
        lines.append("")
        said.backward()
        for i in range(said.nodes - 2, -1, -1):
            if nodes[i] in names:
                source = numbers[said.gradients + said.source[i]]
                terms = said.sum_of(i, numbers) if said.length[i] else source
                lines.append(f"{numbers[said.gradients + i]} {'=' if i >= said.leaves else '+='} {terms}")
        return "\n".join(lines)

    def __del__(self) -> None:
        if getattr(self, "number", 0):  # an interrupt may have left it half made
            self.catch_up()
            self.let_go()
