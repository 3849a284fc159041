"""Computation graphs to look at: pictures (`draw`), and a page that steps through backpropagation (`stepper`)."""
