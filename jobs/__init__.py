"""The stages of a night and the command line."""

import os

# Threads that wait for each other sleep instead of spinning, unless told otherwise: trainings run side by side and
# beside Spark, and spinning made an epoch of the autoencoder thirteen times as long there (EXPERIMENTS.md). It is read
# when the first library with OpenMP is loaded, hence here.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
