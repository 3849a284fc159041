# A transformer in scalars learns to spell names: every number in it is a Value.
# It makes up names after every epoch. When do they begin to sound like names?
import math
import random

import nn
from autograd import Value
from playground import plot, repeat

NAMES = "anna emma mia lena lea lina nina ella mila emil liam noel leon luna elena milan alma aline".split()
LETTERS = sorted(set("".join(NAMES)))
END, SIZE = len(LETTERS), 6
rng = random.Random(3)


def matrix(rows, columns=SIZE):
    return [[Value(rng.gauss(0, 0.3)) for _ in range(columns)] for _ in range(rows)]


def dot(x, y):
    return sum((a * b for a, b in zip(x[1:], y[1:])), x[0] * y[0])


def times(rows, x):
    return [dot(row, x) for row in rows]


def add(x, y):
    return [a + b for a, b in zip(x, y)]


class Transformer(nn.Module):
    def __init__(self):
        self.token, self.place, self.output = matrix(END + 1), matrix(8), matrix(END + 1)
        self.query, self.key, self.value, self.think = (matrix(SIZE) for _ in range(4))

    def __call__(self, tokens):  # after each token: how likely each letter is to be the next
        keys, values, logits = [], [], []
        for token, place in zip(tokens, self.place):
            x = add(self.token[token], place)
            keys.append(times(self.key, x))
            values.append(times(self.value, x))
            query = times(self.query, x)
            weights = [dot(query, key).exp() for key in keys]  # attention: who before me matters?
            total = sum(weights[1:], weights[0])
            seen = [dot(weights, column) / total for column in zip(*values)]
            x = add(x, seen)
            x = add(x, [h.tanh() for h in times(self.think, x)])
            logits.append(times(self.output, x))
        return logits


def surprise(logits, targets):
    losses = [nn.softmax_cross_entropy(row, target) for row, target in zip(logits, targets)]
    return sum(losses[1:], losses[0]) / len(losses)


def make_up():
    tokens = [END]
    while len(tokens) < 8:
        row = net(tokens)[-1]
        tokens.append(rng.choices(range(END + 1), [math.exp(logit.data) for logit in row])[0])
        if tokens[-1] == END:
            return "".join(LETTERS[token] for token in tokens[1:-1])
    return "".join(LETTERS[token] for token in tokens[1:])


net = Transformer()
data = []
for name in NAMES:
    tokens = [END, *map(LETTERS.index, name), END]
    data.append((tokens[:-1], tokens[1:]))
optimizer = nn.Adam(net.parameters(), lr=0.02)
losses = []


def epoch():
    losses.extend(nn.fit(net, data, surprise, optimizer, 1, batch_size=3, seed=len(losses)).loss)
    print(f"epoch {len(losses)}: surprise {losses[-1]:.3f}, it makes up", *[make_up() for _ in range(4)])
    plot(losses, title="surprise at the next letter")
    return len(losses) == 30


repeat(epoch)
