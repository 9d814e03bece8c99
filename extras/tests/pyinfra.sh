# The deploy of the README on a lab: preview, run, run again.
[ -x "$work/venv/bin/pip" ] || python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet 'pyinfra==3.*'
lab
secret=wJ4q8ZsR1mVx6Tb2YnLk
cp extras/pyinfra/ascript_node.py "$work"
# The lab stands for the installation of the host.
sed -n '/^# deploy.py/,/^```/p' extras/pyinfra/README.md | sed -e '$d' -e "s|^    secrets=|    node=\"$work/lab\", &|" >"$work/deploy.py"
echo "hosts = [('@local', {'vault_key': '$secret'})]" >"$work/inventory.py"
deploy() { (cd "$work" && venv/bin/pyinfra -y -vvv --debug inventory.py "$@") >"$work/output" 2>&1; }

# --dry previews.
deploy deploy.py --dry
fails has_user anna

# It is performed once.
deploy deploy.py
has_user anna
grep -q $secret "$work/lab/etc/aspera.conf"
fails grep -q $secret "$work/output"
receipts=$(ls "$work/lab/var/ascript/runs")
deploy deploy.py
[ "$(ls "$work/lab/var/ascript/runs")" = "$receipts" ]
says 'No changes'

# The fact, and a script that is wrong.
cat >"$work/facts.py" <<PY
from pyinfra import host, logger
from ascript_node import ask, run
logger.info("runs: %s" % [one["run"] for one in ask("runs", node="$work/lab")["runs"]])
run(text='conf.set_user("ben", #{ absolut: "/srv" });', node="$work/lab")
PY
fails deploy facts.py
says 'runs: [1]'
says 'did you mean `absolute`?'
