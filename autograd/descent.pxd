# C types for descent.py.
cimport cython
from cpython.array cimport array
from libc cimport math

from autograd.engine cimport Value
from autograd cimport memory

@cython.locals(parameter=Value)
cpdef zero_grads(list parameters)

@cython.locals(parameter=Value, finite=bint)
cpdef bint all_grads_finite(list parameters) except -1

@cython.locals(v="double *", i=Py_ssize_t, parameter=Value, grad=double, velocity=double)
cpdef sgd_step(list parameters, array velocities, double lr, double momentum, bint nesterov, double weight_decay)

@cython.locals(
    m="double *", s="double *", i=Py_ssize_t, parameter=Value, grad=double, mean=double, square=double,
    beta1=double, beta2=double, unbias1=double, unbias2=double,
)
cpdef adam_step(
    list parameters, array means, array squares, double lr, tuple betas, tuple unbias, double eps
)
