#!/bin/sh
# Installs requirements.txt into /opt/venv, for deploy/Dockerfile, without what a running service never opens.
set -e
python -m venv --without-pip /opt/venv
pip --python /opt/venv/bin/python install --disable-pip-version-check --no-compile --quiet --require-hashes -r requirements.txt
cd /opt/venv/lib/python3*/site-packages
# the packages' own tests, and sources that were compiled
find . -type d \( -name tests -o -name test \) -prune -exec rm -rf {} +
find . -type f \( -name '*.pyi' -o -name '*.pyx' -o -name '*.pxd' -o -name '*.c' -o -name '*.h' -o -name '*.a' \) -delete
rm -rf sqlalchemy/testing alembic/testing numpy/f2py
# symbols for debuggers, in those that were built without outside libraries
find . -name '*.so' ! -path './numpy*' ! -path './shapely*' ! -path './psycopg*' -exec strip --strip-unneeded {} +
# what only pip and makers of other languages' bindings read; numbers of other countries, network cards and telephones
find . -name RECORD -delete -o -name '*.proto' -delete
find . -path './stdnum/*' -name '*.dat' -delete
# errors on a terminal are coloured as Python, never as one of 500 other languages
find pygments/lexers -name '*.py' ! -name __init__.py ! -name _mapping.py ! -name python.py ! -name special.py -delete
# we speak Polish and English, and say neither where a number is nor whose
find babel/locale-data -name '*.dat' ! -name 'root.dat' ! -name 'pl*.dat' ! -name 'en*.dat' -delete
rm -rf phonenumbers/geodata phonenumbers/carrierdata phonenumbers/tzdata
# the root file system is read-only: what is not compiled now would be at every start
python -m compileall -q .
