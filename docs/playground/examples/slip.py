# The first document derives ∂L/∂w1 rightly, and leaves a factor out in its code: σ′ of the output.
# Nothing looks wrong with 0.036545. By which factor do the two differ? Put it back in by_hand.
import nn
from autograd import sigmoid

x, t = 1.0, 0.0
net = nn.one_two_one()
w1, w2, w3, w4 = net.parameters()
nn.half_squared_error(net([x]), t).backward()


def by_hand(w1, w2, w3, w4):
    h1, h2 = sigmoid(w1 * x), sigmoid(w2 * x)
    y = sigmoid(w3 * h1 + w4 * h2)
    return (y - t) * w3 * h1 * (1 - h1) * x


wrong = by_hand(w1.data, w2.data, w3.data, w4.data)
print(f"by hand    {wrong:.6f}")
print(f"the engine {w1.grad:.6f}")
print(f"the missing factor is {w1.grad / wrong:.6f}")
