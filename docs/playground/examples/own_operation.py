# A bell curve e^(−x²) as one operation: its value, and its derivative −2x·e^(−x²).
# What does gradcheck say when you leave the 2 out?
from autograd import Op, Value, draw_dot, exp, grad, gradcheck

bell = Op("bell", "e^−x²", lambda x: exp(-x * x), partials=(lambda out, x: -2 * x * out,))

v = Value(0.5, "v")
y = bell(v)
y.backward()
print(f"bell(v) = {y:.4f}, v.grad = {v.grad:.4f}")

gradcheck(bell, [0.5])  # says nothing where the derivative is right
print(f"the second derivative: {grad(grad(bell))(0.5):.4f}")
draw_dot(y)
