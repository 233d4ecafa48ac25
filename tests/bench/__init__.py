"""How fast is Bellhop, and against what? `make bench` measures it; `docs/benchmarks.md` holds the figures."""
