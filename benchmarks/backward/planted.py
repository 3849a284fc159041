"""Mistakes planted in backward passes, as students and engineers make them. Each forward is right, each backward wrong.

Scalars: `forward` takes Values (or floats with these methods) by name and returns one; `backward` takes floats by name and
returns {name: gradient}. Arrays: `forward` takes NumPy arrays in the order of `inputs` and returns the loss or an array; then
`backward` takes the upstream gradient as one more argument, the last. `inputs` has the shapes: an int is fixed, a name a size.
"""

import math

import numpy as np


def sigma(z):
    return 1 / (1 + math.exp(-z))


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


# ---- scalars ----------------------------------------------------------------------------------------------------------


def one_one_one(x, t, W1, b1, W2, b2):
    z1 = W1 * x + b1
    a1 = z1.sigmoid()
    z2 = W2 * a1 + b2
    a2 = z2.sigmoid()
    z1.label, a1.label, z2.label, a2.label = "z1", "a1", "z2", "a2"
    return 0.5 * (a2 - t) ** 2


def s1_bias_times_input(x, t, W1, b1, W2, b2):
    a1 = sigma(W1 * x + b1)
    a2 = sigma(W2 * a1 + b2)
    d2 = (a2 - t) * a2 * (1 - a2)
    d1 = W2 * d2 * a1 * (1 - a1)
    return {"W2": d2 * a1, "b2": d2 * a1, "W1": d1 * x, "b1": d1 * x}


def s2_delta_of_cross_entropy(x, t, W1, b1, W2, b2):
    a1 = sigma(W1 * x + b1)
    a2 = sigma(W2 * a1 + b2)
    d2 = a2 - t
    d1 = W2 * d2 * a1 * (1 - a1)
    return {"W2": d2 * a1, "b2": d2, "W1": d1 * x, "b1": d1}


def s3_slope_of_z(x, t, W1, b1, W2, b2):
    z1 = W1 * x + b1
    a1 = sigma(z1)
    a2 = sigma(W2 * a1 + b2)
    d2 = (a2 - t) * a2 * (1 - a2)
    d1 = W2 * d2 * z1 * (1 - z1)
    return {"W2": d2 * a1, "b2": d2, "W1": d1 * x, "b1": d1}


def s4_bias_forgotten_in_the_recomputed_z(x, t, W1, b1, W2, b2):
    a1 = sigma(W1 * x + b1)
    z2 = W2 * a1
    a2 = sigma(W2 * a1 + b2)
    slope = sigma(z2) * (1 - sigma(z2))
    d2 = (a2 - t) * slope
    d1 = W2 * d2 * a1 * (1 - a1)
    return {"W2": d2 * a1, "b2": d2, "W1": d1 * x, "b1": d1}


def two_hidden(x, t, w1, w2, w3, w4):
    h1 = (w1 * x).tanh()
    h2 = (w2 * x).tanh()
    y = w3 * h1 + w4 * h2
    h1.label, h2.label, y.label = "h1", "h2", "y"
    return (y - t) ** 2


def s5_two_forgotten(x, t, w1, w2, w3, w4):
    h1, h2 = math.tanh(w1 * x), math.tanh(w2 * x)
    e = w3 * h1 + w4 * h2 - t
    return {"w1": e * w3 * (1 - h1 * h1) * x, "w2": e * w4 * (1 - h2 * h2) * x, "w3": e * h1, "w4": e * h2}


def s6_sigmoids_derivative_of_tanh(x, t, w1, w2, w3, w4):
    h1, h2 = math.tanh(w1 * x), math.tanh(w2 * x)
    e = 2 * (w3 * h1 + w4 * h2 - t)
    return {"w1": e * w3 * h1 * (1 - h1) * x, "w2": e * w4 * h2 * (1 - h2) * x, "w3": e * h1, "w4": e * h2}


def s7_input_for_hidden(x, t, w1, w2, w3, w4):
    h1, h2 = math.tanh(w1 * x), math.tanh(w2 * x)
    e = 2 * (w3 * h1 + w4 * h2 - t)
    return {"w1": e * w3 * (1 - h1 * h1) * x, "w2": e * w4 * (1 - h2 * h2) * x, "w3": e * x, "w4": e * x}


def shared(x, w1, w2, w3):
    h = (w1 * x).sigmoid()
    p = w2 * h
    q = (w3 * h).tanh()
    h.label, p.label, q.label = "h", "p", "q"
    return p * q


def s8_path_overwritten(x, w1, w2, w3):
    h = sigma(w1 * x)
    p, q = w2 * h, math.tanh(w3 * h)
    dp, dq = q, p
    dh = dp * w2
    dh = dq * (1 - q * q) * w3  # should be +=
    return {"w1": dh * h * (1 - h) * x, "w2": dp * h, "w3": dq * (1 - q * q) * h}


def residual(x, w1, w2):
    a = (w1 * x).tanh()
    y = (w2 * a).tanh() + x * a
    a.label, y.label = "a", "y"
    return y * y


def s9_skip_connection_forgotten(x, w1, w2):
    a = math.tanh(w1 * x)
    u = math.tanh(w2 * a)
    dy = 2 * (u + x * a)
    du = dy * (1 - u * u)
    da = du * w2  # the way through x·a is missing
    return {"w1": da * (1 - a * a) * x, "w2": du * a}


def logistic(x, t, w, b):
    z = w * x + b
    p = z.sigmoid()
    z.label, p.label = "z", "p"
    return -(t * p.log() + (1 - t) * (1 - p).log())


def s10_sign_of_the_delta(x, t, w, b):
    p = sigma(w * x + b)
    d = t - p
    return {"w": d * x, "b": d}


# ---- arrays -----------------------------------------------------------------------------------------------------------


def mlp_batch(X, Y, W1, b1, W2, b2):
    H = np.tanh(X @ W1 + b1)
    P = H @ W2 + b2
    return 0.5 * np.sum((P - Y) ** 2) / X.shape[0]


def a1_mean_forgotten(X, Y, W1, b1, W2, b2):
    H = np.tanh(X @ W1 + b1)
    D2 = H @ W2 + b2 - Y
    D1 = (D2 @ W2.T) * (1 - H**2)
    return {"W1": X.T @ D1, "b1": D1.sum(axis=0), "W2": H.T @ D2, "b2": D2.sum(axis=0)}


def a2_bias_summed_over_features(X, Y, W1, b1, W2, b2):
    H = np.tanh(X @ W1 + b1)
    D2 = (H @ W2 + b2 - Y) / X.shape[0]
    D1 = (D2 @ W2.T) * (1 - H**2)
    db1 = np.resize(D1.sum(axis=1), b1.shape)
    return {"W1": X.T @ D1, "b1": db1, "W2": H.T @ D2, "b2": D2.sum(axis=0)}


def square_mlp(X, Y, W1, W2):
    H = np.maximum(X @ W1, 0)
    return np.sum((H @ W2 - Y) ** 2)


def a3_weight_not_transposed(X, Y, W1, W2):
    Z = X @ W1
    H = np.maximum(Z, 0)
    D2 = 2 * (H @ W2 - Y)
    D1 = (D2 @ W2) * (Z > 0)
    return {"W1": X.T @ D1, "W2": H.T @ D2}


def a4_relu_mask_of_the_gradient(X, Y, W1, W2):
    H = np.maximum(X @ W1, 0)
    D2 = 2 * (H @ W2 - Y)
    DH = D2 @ W2.T
    D1 = DH * (DH > 0)
    return {"W1": X.T @ D1, "W2": H.T @ D2}


def softmax_loss(X, T, W, b):
    """T is one-hot or any row of probabilities that sum to 1, made here from scores."""
    Z = X @ W + b
    Z = Z - np.max(Z, axis=1, keepdims=True)
    logp = Z - np.log(np.sum(np.exp(Z), axis=1, keepdims=True))
    Q = np.exp(T)
    Q = Q / np.sum(Q, axis=1, keepdims=True)
    return -np.sum(Q * logp) / X.shape[0]


def _softmax(Z, axis=1):
    E = np.exp(Z - Z.max(axis=axis, keepdims=True))
    return E / E.sum(axis=axis, keepdims=True)


def a5_mean_twice(X, T, W, b):
    n = X.shape[0]
    D = (_softmax(X @ W + b) - _softmax(T)) / n
    return {"W": X.T @ D / n, "b": D.sum(axis=0) / n}


def a6_elementwise_softmax_slope(X, T, W, b):
    P, Q = _softmax(X @ W + b), _softmax(T)
    D = (P - Q) * P * (1 - P) / X.shape[0]  # a sigmoid's slope, once too often
    return {"W": X.T @ D, "b": D.sum(axis=0)}


def layer_norm(X, g, b):
    mu = np.mean(X, axis=1, keepdims=True)
    var = np.mean((X - mu) ** 2, axis=1, keepdims=True)
    return (X - mu) / np.sqrt(var + 1e-5) * g + b


def a7_layer_norm_without_the_variances_path(X, g, b, dY):
    mu = X.mean(axis=1, keepdims=True)
    s = 1 / np.sqrt(X.var(axis=1, keepdims=True) + 1e-5)
    N = (X - mu) * s
    dN = dY * g
    dX = s * (dN - dN.mean(axis=1, keepdims=True))
    return {"X": dX, "g": (dY * N).sum(axis=0), "b": dY.sum(axis=0)}


def a8_layer_norm_gain_not_summed_right(X, g, b, dY):
    mu = X.mean(axis=1, keepdims=True)
    s = 1 / np.sqrt(X.var(axis=1, keepdims=True) + 1e-5)
    N = (X - mu) * s
    dN = dY * g
    dX = s * (dN - dN.mean(axis=1, keepdims=True) - N * (dN * N).mean(axis=1, keepdims=True))
    return {"X": dX, "g": (dY * X).sum(axis=0), "b": dY.sum(axis=0)}  # X for N


def attention(Q, K, V):
    S = Q @ K.T / np.sqrt(Q.shape[1])
    E = np.exp(S - np.max(S, axis=1, keepdims=True))
    A = E / np.sum(E, axis=1, keepdims=True)
    return A @ V


def a9_attention_scale_forgotten(Q, K, V, dO):
    r = np.sqrt(Q.shape[1])
    A = _softmax(Q @ K.T / r)
    dA = dO @ V.T
    dS = A * (dA - (dA * A).sum(axis=1, keepdims=True))
    return {"Q": dS @ K, "K": dS.T @ Q, "V": A.T @ dO}  # / r


def a10_attention_softmax_over_the_wrong_axis(Q, K, V, dO):
    r = np.sqrt(Q.shape[1])
    A = _softmax(Q @ K.T / r)
    dA = dO @ V.T
    dS = A * (dA - (dA * A).sum(axis=0, keepdims=True)) / r
    return {"Q": dS @ K, "K": dS.T @ Q, "V": A.T @ dO}


def convolution(X, K):
    """X (n,), K (3,): Y[i] = Σ K[j]·X[i+j], by slices of the kernel."""
    Y = K[0] * X[0:-2]
    Y = Y + K[1] * X[1:-1]
    return Y + K[2] * X[2:]


def a11_convolution_off_by_one(X, K, dY):
    n = dY.shape[0]
    dK = np.array([np.sum(dY * X[0:-2]), np.sum(dY * X[1:-1]), np.sum(dY * X[2:])])
    dX = np.zeros_like(X)
    dX[0:n] += K[0] * dY
    dX[1 : n + 1] += K[1] * dY
    dX[1 : n + 1] += K[2] * dY  # [2 : n + 2]
    return {"X": dX, "K": dK}


def a12_convolution_overwritten(X, K, dY):
    n = dY.shape[0]
    dK = np.array([np.sum(dY * X[0:-2]), np.sum(dY * X[1:-1]), np.sum(dY * X[2:])])
    dX = np.zeros_like(X)
    dX[0:n] = K[0] * dY
    dX[1 : n + 1] = K[1] * dY
    dX[2 : n + 2] = K[2] * dY
    return {"X": dX, "K": dK}


def a13_upstream_ignored(X, K, dY):
    n = dY.shape[0]
    dK = np.array([np.sum(X[0:-2]), np.sum(X[1:-1]), np.sum(X[2:])])
    dX = np.zeros_like(X)
    for j in range(3):
        dX[j : n + j] += K[j]
    return {"X": dX, "K": dK}


def pooled(X, w):
    """The largest of each row, weighed."""
    return np.sum(np.max(X, axis=1) * w)


def a14_max_over_the_wrong_axis(X, w):
    largest = (X == X.max(axis=0, keepdims=True)).astype(X.dtype)
    return {"X": largest * w[:, None], "w": X.max(axis=1)}


def ridge(X, y, w):
    e = X @ w - y
    return np.mean(e**2) + 0.1 * np.sum(w**2)


def a15_penalty_forgotten(X, y, w):
    return {"w": 2 * X.T @ (X @ w - y) / X.shape[0]}


def a16_factor_two_of_the_penalty(X, y, w):
    return {"w": X.T @ (X @ w - y) / X.shape[0] + 0.1 * w}


_mlp = {"X": ("n", 3), "Y": ("n", 2), "W1": (3, "h"), "b1": ("h",), "W2": ("h", 2), "b2": (2,)}
_square = {"X": ("n", 2), "Y": ("n", 3), "W1": (2, 3), "W2": (3, 3)}
_soft = {"X": ("n", 2), "T": ("n", 3), "W": (2, 3), "b": (3,)}
_norm = {"X": ("n", 3), "g": (3,), "b": (3,)}
_attention = {"Q": ("n", 2), "K": ("m", 2), "V": ("m", 3)}
_convolution = {"X": (5,), "K": (3,)}
_pool = {"X": ("n", 3), "w": ("n",)}
_ridge = {"X": ("n", 2), "y": ("n",), "w": (2,)}


def _scalar(backward, forward, wrt, keyword, cause):
    return {
        "kind": "scalar",
        "name": backward.__name__,
        "forward": forward,
        "backward": backward,
        "wrt": wrt,
        "keyword": keyword,
        "cause": cause,
        "inputs": None,
    }


def _array(backward, forward, inputs, wrt, keyword, cause):
    return {
        "kind": "array",
        "name": backward.__name__,
        "forward": forward,
        "backward": backward,
        "wrt": wrt,
        "keyword": keyword,
        "cause": cause,
        "inputs": inputs,
    }


_111, _2h = ["W1", "b1", "W2", "b2"], ["w1", "w2", "w3", "w4"]

#: Those with an upstream gradient are the ones whose forward returns an array.
PLANTED = [
    _scalar(
        s1_bias_times_input, one_one_one, _111, "bias multiplied by the input", "∂L/∂b is δ·(the input) where it is δ"
    ),
    _scalar(
        s2_delta_of_cross_entropy,
        one_one_one,
        _111,
        "delta of another loss",
        "δ2 is a2 − t, the cross-entropy's, with the half squared error: σ′(z2) is missing (for all four)",
    ),
    _scalar(
        s3_slope_of_z, one_one_one, _111, "z·(1−z)", "σ′ of the hidden layer is taken as z1·(1 − z1) for a1·(1 − a1)"
    ),
    _scalar(
        s4_bias_forgotten_in_the_recomputed_z,
        one_one_one,
        _111,
        "a term of the forward forgotten",
        "σ′ is taken at W2·a1, without b2: the bias is forgotten where z2 is computed again",
    ),
    _scalar(s5_two_forgotten, two_hidden, _2h, "half", "the 2 of the square's derivative is missing: all are half"),
    _scalar(
        s6_sigmoids_derivative_of_tanh,
        two_hidden,
        ["w1", "w2", "w3", "w4"],
        "derivative of another activation",
        "h·(1 − h), sigmoid's, for tanh's 1 − h²",
    ),
    _scalar(
        s7_input_for_hidden, two_hidden, _2h, "an input swapped for another value", "w3 and w4 take x for h1 and h2"
    ),
    _scalar(
        s8_path_overwritten,
        shared,
        ["w1", "w2", "w3"],
        "overwritten where it should be added",
        "∂L/∂h through q overwrites the one through p: the path through p is missing for w1",
    ),
    _scalar(
        s9_skip_connection_forgotten,
        residual,
        ["w1", "w2"],
        "a path is missing",
        "the way from a to y past the second tanh, through x·a, is missing for w1",
    ),
    _scalar(s10_sign_of_the_delta, logistic, ["w", "b"], "wrong sign", "δ is t − p for p − t"),
    _array(
        a1_mean_forgotten,
        mlp_batch,
        _mlp,
        _111,
        "mean forgotten",
        "no division by the number of examples, for all four",
    ),
    _array(
        a2_bias_summed_over_features,
        mlp_batch,
        _mlp,
        _111,
        "summed over the wrong axis",
        "∂L/∂b1 sums δ1 over the features, axis 1, for the examples, axis 0 (and repeats or cuts it to fit)",
    ),
    _array(
        a3_weight_not_transposed, square_mlp, _square, ["W1", "W2"], "transposed", "δ1 has W2 for W2ᵀ, which is square"
    ),
    _array(
        a4_relu_mask_of_the_gradient,
        square_mlp,
        _square,
        ["W1", "W2"],
        "relu's mask",
        "relu's mask is taken from the sign of the gradient that comes in, not of z",
    ),
    _array(a5_mean_twice, softmax_loss, _soft, ["W", "b"], "mean once too often", "divided by n twice"),
    _array(
        a6_elementwise_softmax_slope,
        softmax_loss,
        _soft,
        ["W", "b"],
        "a local derivative once too often",
        "p·(1 − p) once too often: p − q is ∂L/∂z already (or: the delta of another loss)",
    ),
    _array(
        a7_layer_norm_without_the_variances_path,
        layer_norm,
        _norm,
        ["X", "g", "b"],
        "a path is missing",
        "the path from X through the variance is missing",
    ),
    _array(
        a8_layer_norm_gain_not_summed_right,
        layer_norm,
        _norm,
        ["X", "g", "b"],
        "an input swapped for another value",
        "∂L/∂g has X for the normalised X",
    ),
    _array(
        a9_attention_scale_forgotten,
        attention,
        _attention,
        ["Q", "K", "V"],
        "a local derivative missing",
        "1/√d is missing from Q and K",
    ),
    _array(
        a10_attention_softmax_over_the_wrong_axis,
        attention,
        _attention,
        ["Q", "K", "V"],
        "summed over the wrong axis",
        "the softmax's backward sums over axis 0 for axis 1",
    ),
    _array(
        a11_convolution_off_by_one,
        convolution,
        _convolution,
        ["X", "K"],
        "off by one row",
        "K[2]'s part of ∂L/∂X is added one place too early",
    ),
    _array(
        a12_convolution_overwritten,
        convolution,
        _convolution,
        ["X", "K"],
        "overwritten where it should be added",
        "the slices of ∂L/∂X are assigned, not added",
    ),
    _array(
        a13_upstream_ignored, convolution, _convolution, ["X", "K"], "upstream gradient ignored", "dY is taken for 1"
    ),
    _array(
        a14_max_over_the_wrong_axis,
        pooled,
        _pool,
        ["X", "w"],
        "max over the wrong axis",
        "the mask marks the largest of each column, for each row",
    ),
    _array(
        a15_penalty_forgotten, ridge, _ridge, ["w"], "a path is missing", "the penalty's own term, 0.2·w, is missing"
    ),
    _array(a16_factor_two_of_the_penalty, ridge, _ridge, ["w"], "half", "the 2 of both squares is missing"),
]
