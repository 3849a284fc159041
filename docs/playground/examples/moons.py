# Two moons, learned while you watch: the loss is recorded once, and replayed for every point.
# Click into the picture to add an orange point, with Shift a blue one. Can you make it change its mind?
import math
import random

import nn
from autograd import Graph, Value
from playground import boundary, clicked, plot, repeat

rng = random.Random(1337)
data = []
for i in range(60):
    angle, side = math.pi * (i // 2) / 29, 1 if i % 2 else -1
    x, y = math.cos(angle), math.sin(angle)
    x, y = (1 - x, 0.5 - y) if side > 0 else (x, y)
    data.append(([x + rng.gauss(0, 0.1), y + rng.gauss(0, 0.1)], side))

net = nn.MLP(2, [8, 1], hidden="tanh", rng=rng)
point, target = [Value(0.0), Value(0.0)], Value(0.0)
graph = Graph(nn.hinge(net(point), target))
optimizer = nn.SGD(net.parameters(), lr=0.2, momentum=0.9)
losses = []


def epoch():
    data.extend(clicked())
    optimizer.zero_grad()
    total = 0.0
    for (point[0].data, point[1].data), target.data in data:
        total += graph.forward()
        graph.backward(1 / len(data))
    optimizer.step()
    losses.append(total / len(data))
    if len(losses) % 5 == 0:
        boundary(net, data, title="two moons")
        plot(losses, title="the loss")
    if len(losses) % 50 == 0:
        print(f"epoch {len(losses)}: {len(data)} points, loss {losses[-1]:.4f}")


repeat(epoch)  # until you press Stop
