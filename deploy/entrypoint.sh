#!/bin/sh
# `osiedle COMMAND …` in a container: runs a program, or a command of the service that SERVICE names, with the secrets of
# this container's own volume in the environment. `docker compose exec registry osiedle token` is the same on a running one.
set -e
if [ -r /run/osiedle/env ]; then
  set -a
  . /run/osiedle/env
  set +a
fi
if command -v "$1" >/dev/null 2>&1; then
  exec "$@"
fi
exec python -m "services.$SERVICE" "$@"
