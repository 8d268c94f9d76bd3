#!/bin/sh
# Starts what a container runs, with the secrets of its own volume in the environment.
set -e
if [ -r /run/osiedle/env ]; then
  set -a
  . /run/osiedle/env
  set +a
fi
exec "$@"
