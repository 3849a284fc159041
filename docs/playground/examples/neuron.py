# A neuron: y = σ(w·x + b). How much does y move when w moves a little?
# Press Run. Then change x to 1.0, guess w.grad, and run again.
from autograd import Value, draw_dot

w, x, b = Value(0.4, "w"), Value(0.5, "x"), Value(0.3, "b")
y = (w * x + b).sigmoid()
y.label = "y"
y.backward()

print(f"y = {y:.4f}, w.grad = {w.grad:.4f}, b.grad = {b.grad:.4f}")
draw_dot(y)
