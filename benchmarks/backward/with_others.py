"""The cases, on another checker of gradients: ``python with_others.py torch``, or ``jax``, or ``hips``.

A script: HIPS autograd is imported as ``autograd``, as this package is, so it runs in an environment of its own. Prints by
JSON which cases were accepted, each with the step and the tolerance that the checker comes with.
"""

from __future__ import annotations

import json
import sys
import warnings
from typing import Any

import numpy as np
from point import Point, points


def torch(point: Point) -> None:
    import torch

    class Own(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, *tensors: Any) -> Any:
            ctx.save_for_backward(*tensors)
            return torch.from_numpy(np.array(point.forward(*[x.detach().numpy() for x in tensors])))

        @staticmethod
        def backward(ctx: Any, upstream: Any) -> Any:
            grads = point.backward([x.detach().numpy() for x in ctx.saved_tensors], upstream.numpy())
            return tuple([torch.from_numpy(np.array(g)) for g in grads])

    tensors = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in point.arrays]
    torch.autograd.gradcheck(Own.apply, tensors)


def jax(point: Point) -> None:
    import jax
    from jax.test_util import check_grads

    jax.config.update("jax_enable_x64", True)
    shape = jax.ShapeDtypeStruct(np.shape(point.forward(*point.arrays)), "float64")

    @jax.custom_vjp
    def own(*arrays: Any) -> Any:
        return jax.pure_callback(point.forward, shape, *arrays)

    def backward(arrays: Any, upstream: Any) -> Any:
        shapes = [jax.ShapeDtypeStruct(x.shape, "float64") for x in arrays]
        return tuple(jax.pure_callback(lambda g, *x: point.backward(x, g), shapes, upstream, *arrays))

    own.defvjp(lambda *arrays: (own(*arrays), arrays), backward)
    check_grads(own, [jax.numpy.asarray(x) for x in point.arrays], order=1, modes=["rev"])


def hips(point: Point) -> None:
    from autograd.extend import defvjp, primitive
    from autograd.test_util import check_grads

    own = primitive(lambda *arrays: point.forward(*arrays))

    def vjp(place: int) -> Any:
        return lambda out, *arrays: lambda g: point.backward(arrays, g)[place]

    defvjp(own, *(vjp(place) for place in range(len(point.arrays))))
    np.random.seed(0)  # it checks in random directions
    check_grads(own, modes=["rev"], order=1)(*point.arrays)


def accepts(check: Any, point: Point) -> bool:
    try:
        check(point)
    except Exception:
        return False
    return True


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    chosen = {"torch": torch, "jax": jax, "hips": hips}[sys.argv[1]]
    print(json.dumps([accepts(chosen, point) for point in points()]))
