#!/usr/bin/env bash
# Sync one package without its neighbours and import every module of it: an undeclared dependency fails here.
set -euo pipefail
name=$1
cd "$(dirname "$0")/../.."
export UV_PROJECT_ENVIRONMENT="$PWD/.venv/alone/$name"
"$UV" sync --frozen --quiet --no-dev --package "bellhop-$name"
"$UV_PROJECT_ENVIRONMENT/bin/python" - "bellhop_$name" <<'PY'
import importlib
import pkgutil
import sys

package = importlib.import_module(sys.argv[1])
names = [m.name for m in pkgutil.walk_packages(package.__path__, f"{package.__name__}.") if not m.name.endswith("__main__")]
for module in names:
    importlib.import_module(module)
print(f"{package.__name__}: {len(names)} modules import alone")
PY
