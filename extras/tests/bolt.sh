# The task as Bolt runs it: the parameters and its own keys are one JSON object on standard input.
lab
bolt() { extras/bolt/tasks/run.sh >"$work/output" 2>&1; }
secret=wJ4q8ZsR1mVx6Tb2YnLk
script='for name in params.names { conf.set_user(name, #{ absolute: "/srv", token_encryption_key: params.key }); }'
script="const PARAMS = #{ names: #{ type: \"list\", of: \"name\" }, key: #{ type: \"secret\", default: \"env:KEY\" } }; $script"
task() {
  python3 - "$@" <<PY
import json, sys
parameters = dict(text='''$script''', params=dict(names=["anna"]), secrets={"env:KEY": "$secret"}, node="$work/lab", want="summary")
own = dict(_task="ascript::run", _installdir="/tmp/modules", _target={"name": "node1"}, **json.loads(sys.argv[1]))
sys.stdout.write(json.dumps({**parameters, **own}))
PY
}

# With noop it previews.
task '{"_noop": true}' | bolt
says '"kind": "preview"'
says '"change": 1'
fails has_user anna

# Without, it performs, and again changes nothing.
task '{}' | bolt
says '"kind": "receipt"'
has_user anna
task '{"_noop": false}' | bolt
says '"change": 0'
fails grep -q $secret "$work/output"
grep -q $secret "$work/lab/etc/aspera.conf"

# What stops it is in the document, and in the exit code.
task '{"node": "/nowhere"}' | { fails bolt; }
says '/nowhere does not exist'
printf '{ "script" : "no-such-script", "_task": "ascript::run" }' | { fails bolt; }
says 'no-such-script'

# Each parameter is a key of a request.
python3 - <<'PY'
import json
task = json.load(open("extras/bolt/tasks/run.json"))
keys = json.load(open("docs/request.schema.json"))["properties"]
unknown = set(task["parameters"]) - set(keys)
assert not unknown, unknown
assert task["input_method"] == "stdin" and task["supports_noop"] and task["parameters"]["secrets"]["sensitive"]
PY
