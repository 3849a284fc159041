"""Forward passes, and the backward pass of each, as one writes them: what mistakes are planted in."""

from __future__ import annotations

import numpy as np

# A two-layer network on a batch, with biases.


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def network(X, Y, W1, b1, W2, b2):
    Z1 = X @ W1 + b1
    A1 = np.tanh(Z1)
    Z2 = A1 @ W2 + b2
    P = sigmoid(Z2)
    return 0.5 * np.sum((P - Y) ** 2) / len(X)


def network_backward(X, Y, W1, b1, W2, b2):
    n = len(X)
    Z1 = X @ W1 + b1
    A1 = np.tanh(Z1)
    Z2 = A1 @ W2 + b2
    P = sigmoid(Z2)
    dP = (P - Y) / n
    dZ2 = dP * P * (1 - P)
    dW2 = A1.T @ dZ2
    db2 = dZ2.sum(axis=0)
    dA1 = dZ2 @ W2.T
    dZ1 = dA1 * (1 - A1**2)
    dW1 = X.T @ dZ1
    db1 = dZ1.sum(axis=0)
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


# The second document's: one example, no batch, W as outputs × inputs; and without biases.


def layers(x, y, W1, W2):
    z1 = W1 @ x
    a1 = sigmoid(z1)
    z2 = W2 @ a1
    a2 = sigmoid(z2)
    return 0.5 * np.sum((a2 - y) ** 2)


def layers_backward(x, y, W1, W2):
    z1 = W1 @ x
    a1 = sigmoid(z1)
    z2 = W2 @ a1
    a2 = sigmoid(z2)
    d2 = (a2 - y) * a2 * (1 - a2)
    d1 = (W2.T @ d2) * a1 * (1 - a1)
    return {"W1": np.outer(d1, x), "W2": np.outer(d2, a1)}


# A classifier: relu, softmax, cross-entropy.


def classifier(X, labels, W1, b1, W2, b2):
    Z1 = X @ W1 + b1
    H = np.maximum(Z1, 0)
    S = H @ W2 + b2
    E = np.exp(S - S.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    return -np.mean(np.log(P[np.arange(len(X)), labels]))


def classifier_backward(X, labels, W1, b1, W2, b2):
    n = len(X)
    Z1 = X @ W1 + b1
    H = np.maximum(Z1, 0)
    S = H @ W2 + b2
    E = np.exp(S - S.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    dS = P.copy()
    dS[np.arange(n), labels] -= 1
    dS = dS / n
    dW2 = H.T @ dS
    db2 = dS.sum(axis=0)
    dH = dS @ W2.T
    dZ1 = dH * (Z1 > 0)
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": dW2, "b2": db2}


# Softmax alone, for an upstream gradient.


def softmax(S):
    E = np.exp(S - S.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


def softmax_backward(S, upstream):
    E = np.exp(S - S.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    return {"S": P * (upstream - (upstream * P).sum(axis=1, keepdims=True))}


# Layer normalisation.


def layer_norm(X, gamma, beta):
    mu = X.mean(axis=1, keepdims=True)
    D = X - mu
    v = np.mean(D**2, axis=1, keepdims=True)
    s = np.sqrt(v + 1e-3)
    N = D / s
    return N * gamma + beta


def layer_norm_backward(X, gamma, beta, upstream):
    d = X.shape[1]
    mu = X.mean(axis=1, keepdims=True)
    D = X - mu
    v = np.mean(D**2, axis=1, keepdims=True)
    s = np.sqrt(v + 1e-3)
    N = D / s
    dbeta = upstream.sum(axis=0)
    dgamma = (upstream * N).sum(axis=0)
    dN = upstream * gamma
    ds = -(dN * D).sum(axis=1, keepdims=True) / s**2
    dv = ds / (2 * s)
    dD = dN / s + dv * 2 * D / d
    dmu = -dD.sum(axis=1, keepdims=True)
    dX = dD + dmu / d
    return {"X": dX, "gamma": dgamma, "beta": dbeta}


# Attention, one head.


def attention(Q, K, V):
    S = Q @ K.T / np.sqrt(Q.shape[1])
    E = np.exp(S - S.max(axis=1, keepdims=True))
    A = E / E.sum(axis=1, keepdims=True)
    return A @ V


def attention_backward(Q, K, V, upstream):
    c = np.sqrt(Q.shape[1])
    S = Q @ K.T / c
    E = np.exp(S - S.max(axis=1, keepdims=True))
    A = E / E.sum(axis=1, keepdims=True)
    dV = A.T @ upstream
    dA = upstream @ V.T
    dS = A * (dA - (dA * A).sum(axis=1, keepdims=True))
    dQ = dS @ K / c
    dK = dS.T @ Q / c
    return {"Q": dQ, "K": dK, "V": dV}


# Convolution by slices.


def convolution(x, k, b):
    out = np.zeros_like(x[: len(x) - len(k) + 1])
    for j in range(len(k)):
        out += x[j : j + len(out)] * k[j]
    return out + b


def convolution_backward(x, k, b, upstream):
    m = len(upstream)
    dx = np.zeros_like(x)
    dk = np.zeros_like(k)
    for j in range(len(k)):
        dx[j : j + m] += upstream * k[j]
        dk[j] = (x[j : j + m] * upstream).sum()
    return {"x": dx, "k": dk, "b": upstream.sum()}


# A batch, centred on its mean.


def centred(X, w):
    M = X.mean(axis=0)
    C = X - M
    p = np.tanh(C @ w)
    return np.mean(p**2)


def centred_backward(X, w):
    n = len(X)
    M = X.mean(axis=0)
    C = X - M
    p = np.tanh(C @ w)
    dz = 2 * p / n * (1 - p**2)
    dw = C.T @ dz
    dC = np.outer(dz, w)
    dX = dC - dC.sum(axis=0) / n
    return {"X": dX, "w": dw}


# A recurrent network.


def recurrent(X, W, U):
    h = np.zeros_like(X[0] @ U)
    for x in X:
        h = np.tanh(h @ W + x @ U)
    return np.sum(h**2)


def recurrent_backward(X, W, U):
    states = [np.zeros(W.shape[0])]
    for x in X:
        states.append(np.tanh(states[-1] @ W + x @ U))
    dW, dU = np.zeros_like(W), np.zeros_like(U)
    dh = 2 * states[-1]
    for t in range(len(X) - 1, -1, -1):
        dz = dh * (1 - states[t + 1] ** 2)
        dW += np.outer(states[t], dz)
        dU += np.outer(X[t], dz)
        dh = dz @ W.T
    return {"W": dW, "U": dU}


# Linear regression with weight decay.


def ridge(X, y, w, b):
    r = X @ w + b - y
    return np.mean(r**2) + 0.1 * np.sum(w**2)


def ridge_backward(X, y, w, b):
    r = X @ w + b - y
    g = 2 * r / len(y)
    return {"w": X.T @ g + 0.2 * w, "b": g.sum()}


# Embedding, and the largest of each column.


def embedding(table, words, w):
    E = table[words]
    return np.sum((E @ w) ** 2)


def embedding_backward(table, words, w):
    E = table[words]
    s = E @ w
    dE = np.outer(2 * s, w)
    dtable = np.zeros_like(table)
    np.add.at(dtable, words, dE)
    return {"table": dtable, "w": E.T @ (2 * s)}


def pooled(X, w):
    M = X.max(axis=0)
    return np.sum(np.sin(M * w))


def pooled_backward(X, w):
    M = X.max(axis=0)
    dM = np.cos(M * w) * w
    dX = np.zeros_like(X)
    dX[X.argmax(axis=0), np.arange(X.shape[1])] = dM
    return {"X": dX, "w": np.cos(M * w) * M}
