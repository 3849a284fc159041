# 1-1-1: one input, one hidden neuron, one output; then one step of gradient descent.
# All four gradients are negative. Will the next loss be smaller? Run it, then try lr=10.
import nn
from autograd import Value
from playground import table

net = nn.one_one_one()  # W1 = 0.4, b1 = 0.3, W2 = 0.7, b2 = 0.2
L = nn.half_squared_error(net([Value(0.5, "x")]), 1.0)
L.backward()

before = [(p.label, p.data, p.grad) for p in net.parameters()]
nn.SGD(net.parameters(), lr=0.1).step()
after = [p.data for p in net.parameters()]
table([(*row, new) for row, new in zip(before, after)], ["", "before", "grad", "after"])

print("L was", L.data)
print("L is ", nn.half_squared_error(net([0.5]), 1.0).data)
