# 1-2-1: one input, two hidden neurons, one output, as worked by hand in the first document.
# x has two paths to L. Why is x.grad twice what one of them brings?
import nn
from autograd import Value, draw_dot

net = nn.one_two_one()  # w1 = 0.5, w2 = −0.5, w3 = 0.3, w4 = −0.3
x, t = Value(1.0, "x"), Value(0.0, "t")
y = net([x])
L = nn.half_squared_error(y, t)
L.label = "L"
L.backward()

print("y =", y.data)
print("L =", L.data)
for value in [*net.parameters(), x]:
    print(f"{value.label}.grad =", value.grad)

draw_dot(L, model=net)
net
