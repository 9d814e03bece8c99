# The playbook on labs: nothing without an approval, drift stops the first batch, then it is resumed and taken back.
rm -rf "$work/rollout" && mkdir -p "$work/rollout"
labs 3 >"$work/rollout/inventory.yml"
cat >"$work/rollout/site.rhai" <<'RHAI'
conf.set_user("anna", #{ absolute: "/srv/anna" });
conf.set_server(#{ server_name: host.name });
RHAI
roll() {
  ansible-playbook -i "$work/rollout/inventory.yml" ascript.node.rollout -e "rollout_review=$work/rollout/review" \
    -e "rollout_text={{ lookup('ansible.builtin.file', '$work/rollout/site.rhai') }}" "$@" >"$work/rollout/output" 2>&1
}
says() { grep -qF -- "$1" "$work/rollout/output" || { tail -40 "$work/rollout/output"; echo "not in the output: $1" >&2; return 1; }; }
has_anna() { grep -q '<name>anna</name>' "$work/labs/node$1/etc/aspera.conf"; }
digest() { sed -n 's/^  "digest": "\(.*\)",$/\1/p' "$work/rollout/review/fleet.json"; }

# Without an approval there is a review, and no change.
roll
says "rollout_approved=$(digest)"
grep -q 'anna' "$work/rollout/review/fleet.html"
[ "$(grep -c change_digest "$work/rollout/review/fleet.json")" = 1 ]
fails has_anna 1

# Another digest than the one that was reviewed.
fails roll -e rollout_approved=sha256:0000
says 'not those that were approved'
fails has_anna 1

# Somebody changes a node after the review: its plan is another one.
approved=$(digest)
"$work/labs/node2/bin/asconfigurator" -x 'set_user_data;user_name,anna;absolute,/elsewhere' >/dev/null
fails roll -e "rollout_approved=$approved"
says 'not those that were approved'
fails has_anna 1

# Reviewed again, it is applied, and again changes nothing.
roll
roll -e "rollout_approved=$(digest)"
has_anna 1
has_anna 2
has_anna 3
roll
roll -e "rollout_approved=$(digest)"
fails grep -q 'changed=[1-9]' "$work/rollout/output"

# A host that is down has no plan: the rollout goes on without it only if asked to.
mv "$work/labs/node3" "$work/labs/down"
fails roll -e "rollout_approved=$(digest)"
says 'No plan of node3'
mv "$work/labs/down" "$work/labs/node3"

# Taken back everywhere.
ansible -i "$work/rollout/inventory.yml" all -m ascript.node.undo -a "binary=$binary node={{ rollout_node }}" >"$work/rollout/output"
fails has_anna 1
fails has_anna 3
grep -q /elsewhere "$work/labs/node2/etc/aspera.conf"
