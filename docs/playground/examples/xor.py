# XOR: no straight line parts these points. Two hidden neurons bend the plane until one does.
# What changes when the network has one hidden neuron, [1, 1]? Or eight?
import random

import nn
from playground import boundary, plot, repeat

data = [([0.0, 0.0], 0.0), ([0.0, 1.0], 1.0), ([1.0, 0.0], 1.0), ([1.0, 1.0], 0.0)]
net = nn.MLP(2, [2, 1], hidden="tanh", output="sigmoid")
nn.init.xavier_uniform(net, random.Random(1))
optimizer = nn.Adam(net.parameters(), lr=0.1)
losses = []


def train():
    losses.extend(nn.fit(net, data, nn.binary_cross_entropy, optimizer, epochs=10).loss)
    boundary(net, data, title="where it says 1", threshold=0.5)
    plot(losses, title="the loss", log=True)
    if len(losses) % 50 == 0:
        print(f"epoch {len(losses)}: loss {losses[-1]:.4f}", [round(net(x).data, 3) for x, _ in data])
    return len(losses) == 300


repeat(train)
