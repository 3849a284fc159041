# The diamond: a reaches d by two paths. Each multiplies, and their sum is a.grad.
# Which number does each path bring? Step through the page below to see it grow.
from autograd import Graph, Value, write_stepper

a = Value(2.0, "a")
b = a * a
c = b + a
d = b * c
b.label, c.label, d.label = "b", "c", "d"
d.backward()
print(f"d = {d.data}, a.grad = {a.grad}, b.grad = {b.grad}, c.grad = {c.grad}")

for step in Graph(d).steps():
    print(f"{step.parent.label}.grad += {step.local_grad} · {step.upstream}, now {step.grad}")

write_stepper(d, "diamond.html")
