# Newton's method asks how the slope changes, too, and jumps to the lowest point of the parabola it finds.
# How many steps does gradient descent need for what Newton does in six? Try a larger rate: 0.003.
from autograd import grad, hessian
from playground import plot


def valley(p):  # Rosenbrock's: 0 at (1, 1), and nearly so all along y = x²
    x, y = p
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def newton(p):
    (a, b), (c, d) = hessian(valley)(p)
    u, v = grad(valley)(p)
    determinant = a * d - b * c
    return [p[0] - (d * u - b * v) / determinant, p[1] - (a * v - c * u) / determinant]


def descent(p, rate=0.002):
    return [x - rate * slope for x, slope in zip(p, grad(valley)(p))]


heights = {}
for step in (newton, descent):
    p, heights[step.__name__] = [-1.2, 1.0], []
    for i in range(40):
        heights[step.__name__].append(valley(p))
        p = step(p)
    print(f"{step.__name__}: after 6 steps {heights[step.__name__][6]:.3g}, after 39 {heights[step.__name__][39]:.3g}")

plot(heights, title="height above the valley's floor", log=True)
