"""Demonstrations to run and to read: ``python -m demos`` runs the two worked examples, ``--help`` lists all there are.

A module here that has a function ``main(quick, out)`` is one of them. It prints what it finds and writes its pictures
into the folder ``out``; ``quick`` asks it to do less where it would take long.
"""
