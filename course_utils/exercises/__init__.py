"""The exercises and their answers, one package a lesson, one module an exercise.

This package is left out of the grader's sandbox: what is in it can't be read by a submission.
"""
