# Functions of the plugins that need no node.
PYTHONPATH=$work python3 ansible/tests/units.py
