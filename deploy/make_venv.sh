#!/bin/sh
# Makes the virtual environment that `make` works in, or says in one sentence why it cannot.
# Usage: make_venv.sh FOLDER; PYTHON names the interpreter, else the first of 3.11 or newer on PATH is taken.
folder=$1

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

if [ -n "$PYTHON" ]; then
  python=$PYTHON
  is_new_enough "$python" || python=
else
  for python in python3 python3.13 python3.12 python3.11 ''; do
    [ -z "$python" ] || is_new_enough "$python" && break
  done
fi
if [ -z "$python" ]; then
  found=$("${PYTHON:-python3}" --version 2>&1) || found="no Python"
  echo "Osiedle needs Python 3.11 or newer, and here is $found: install one, or name it with make PYTHON=…" >&2
  exit 1
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  echo "This Python lacks its venv module: install it (on Debian and Ubuntu: apt install python3-venv) and try again." >&2
  exit 1
fi
[ -x "$folder/bin/python" ] && is_new_enough "$folder/bin/python" && exit 0
"$python" -m venv --clear "$folder"
