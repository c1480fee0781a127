//! Stories, simulations and adversaries over the whole. The tests are in `tests/tests`.
