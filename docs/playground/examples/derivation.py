# Is this derivation right? Hypothesis looks for a point where it is not.
# One factor is missing. Find it, put it in, and run again: nothing is said where all is well.
from autograd import sigmoid
from autograd.testing import assert_same_gradients


def loss(x, t, w, b):
    y = sigmoid(w * x + b)
    return 0.5 * (y - t) ** 2


def backward(x, t, w, b):
    y = sigmoid(w * x + b)
    dL_dz = (y - t) * y
    return {"w": dL_dz * x, "b": dL_dz}


assert_same_gradients(loss, backward)
print("The derivation is right.")
