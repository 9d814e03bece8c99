# The playbooks on labs: nothing without an approval; drift and hosts that are down stop a rollout; it is resumed, and
# taken back.
rm -rf "$work/rollout" && mkdir -p "$work/rollout"
labs 4 >"$work/rollout/inventory.yml"
cat >"$work/rollout/site.rhai" <<'RHAI'
conf.set_user("anna", #{ absolute: "/srv/anna" });
conf.set_server(#{ server_name: host.name });
RHAI
play() {
  ansible-playbook -i "$work/rollout/inventory.yml" -e "rollout_review=$work/rollout/review" "$@" >"$work/rollout/output" 2>&1
}
roll() {
  play ascript.node.rollout -e "rollout_text={{ lookup('ansible.builtin.file', '$work/rollout/site.rhai') }}" "$@"
}
says() { grep -qF -- "$1" "$work/rollout/output" || { tail -40 "$work/rollout/output"; echo "not in the output: $1" >&2; return 1; }; }
has_anna() { grep -q '<name>anna</name>' "$work/labs/node$1/etc/aspera.conf"; }
have_anna() { [ "$(grep -l '<name>anna</name>' "$work"/labs/*/etc/aspera.conf | wc -l)" = "$1" ]; }
digest() { review_digest "$work/rollout/review"; }
configure() { "$work/labs/node$1/bin/asconfigurator" -x "$2" >/dev/null; }

# Without an approval there is a review, and no change. A gate sees that changes are pending, in check mode too, whose
# review is no rollout's.
roll --check -e '{"rollout_secrets": null}'
says 'changed=1'
says 'Run it without --check'
roll --check -e "rollout_review=$work/rollout/review/"
says "Read $work/rollout/review.check/fleet.html"
[ ! -e "$work/rollout/review" ]
roll
reviewed=$(digest)
says "rollout_approved=$reviewed"
[ "$(review_digest "$work/rollout/review.check")" = "$reviewed" ]
grep -q 'anna' "$work/rollout/review/fleet.html"
[ "$(grep -c change_digest "$work/rollout/review/fleet.json")" = 1 ]
have_anna 0

# In check mode, an approved rollout is rehearsed.
roll --check -e "rollout_approved=$reviewed"
have_anna 0

# A host that the review has and the play has not is named.
roll --check -e "rollout_approved=$reviewed" -e 'rollout_hosts=all:!node4'
says 'has a plan of node4, which is not in this play: nothing is'
play ascript.node.undo --check --limit 'node1,node2'
says 'has a plan of node3, node4, which is not in'
[ "$(grep -c 'has a plan of' "$work/rollout/output")" = 1 ]

# Another digest than the one that was reviewed, and a plan that was altered since.
fails roll -e rollout_approved=sha256:0000
says 'are not those that were approved'
cp "$work/rollout/review/plans/node2.json" "$work/rollout/node2.json"
cp "$work/rollout/review/plans/node3.json" "$work/rollout/review/plans/node2.json"
fails roll -e "rollout_approved=$reviewed"
says 'are not those that were reviewed: node2'
cp "$work/rollout/node2.json" "$work/rollout/review/plans/node2.json"
rm "$work/rollout/review/plans/node2.json"
fails roll -e "rollout_approved=$reviewed"
says 'are not those that were reviewed: node2'
cp "$work/rollout/node2.json" "$work/rollout/review/plans/node2.json"
[ "$(digest)" = "$reviewed" ]
have_anna 0

# Variables that are misspelt.
fails roll -e "rollout_aproved=$reviewed"
says 'Did you mean `rollout_approved`?'
for unknown in rollout_batch rollout_file; do
  fails roll -e "$unknown=1"
  says "the rollout has no variable \`$unknown\`. It has: rollout_allow_argv_secrets, "
done
fails play ascript.node.rollout -e "rollout_review=$work/rollout/none"
says 'one of the following is required: rollout_script, rollout_text, rollout_script_file'
fails roll -e rollout_host=node1
says 'Did you mean `rollout_hosts`?'
[ "$(digest)" = "$reviewed" ]

# Somebody changed a node after the review: the check before the first batch stops the rollout.
configure 4 'set_user_data;user_name,anna;absolute,/elsewhere'
fails roll -e "rollout_approved=$reviewed"
says 'node4: 1 premise of the plan no longer holds'
fails has_anna 1
configure 4 'delete_user;user_name,anna'

# Somebody changes a node in the middle of the rollout: its batch is the last one.
cat >"$work/rollout/ascript" <<SH
#!/bin/sh
read -r request
case \$request in
  *'"command": "apply"'*'"live": true'*) "$work/labs/node2/bin/asconfigurator" -x 'set_user_data;user_name,anna;absolute,/elsewhere' >/dev/null ;;
esac
printf '%s\n' "\$request" | "$binary" "\$@"
SH
chmod +x "$work/rollout/ascript"
sed "s|node2: { |&rollout_binary: $work/rollout/ascript, |" "$work/rollout/inventory.yml" >"$work/rollout/meddled.yml"
fails roll -i "$work/rollout/meddled.yml" -e "rollout_approved=$reviewed" -e '{"rollout_serial": [1, 2, 1]}'
says 'node2: 1 premise of the plan no longer holds'
has_anna 1
has_anna 3
fails has_anna 4

# A host that goes down, before the first batch or in the middle of the rollout, stops it too.
configure 2 'delete_user;user_name,anna'
goes_down_after() {
  sed "s|node3: { |&ansible_connection: \"{{ 'ssh' if $1 is defined else 'local' }}\", ansible_host: 127.0.0.1, ansible_port: 1, |" \
    "$work/rollout/inventory.yml" >"$work/rollout/down.yml"
}
goes_down_after rollout_planned
fails roll -i "$work/rollout/down.yml" -e "rollout_approved=$reviewed"
says 'unreachable=1'
fails has_anna 2
goes_down_after rollout_rehearsed
fails roll -i "$work/rollout/down.yml" -e "rollout_approved=$reviewed" -e '{"rollout_serial": [1, 2, 1]}'
says 'node3: the host went down: '
says 'teps may have been done'
grep -q '^node3 .* failed=1 ' "$work/rollout/output"
has_anna 2
fails has_anna 4

# The same command resumes it, and again changes nothing.
roll -e "rollout_approved=$reviewed"
have_anna 4
roll -e "rollout_approved=$reviewed"
fails grep -q 'changed=[1-9]' "$work/rollout/output"

# A preview and a plan of some hosts keep the review of what was applied.
roll --check
[ "$(digest)" = "$reviewed" ]
roll --limit node1
says '[WARNING]: the review that was in'
[ "$(digest)" != "$reviewed" ]
kept=$work/rollout/review/earlier/$(printf %s "${reviewed#sha256:}" | cut -c 1-12)
[ "$(review_digest "$kept")" = "$reviewed" ]
fails roll --limit node1 -e "rollout_approved=$reviewed"
says "is kept: give -e rollout_review=$kept"
play ascript.node.undo --limit node1
says "node1: nothing to take back: the plan in $work/rollout/review was never applied on this node. Run 1 of an earlier review stands: give $kept as the review"
have_anna 4
mv "$kept" "$work/rollout/kept"
rm -r "$work/rollout/review"
mv "$work/rollout/kept" "$work/rollout/review"

# It is taken back where it was applied, and nothing else is. Again, nothing is left to take back.
"$binary" run - --node "$work/labs/node1" --live --yes -q <<<'conf.set_user("ben", #{ absolute: "/srv/ben" });' 2>/dev/null
play ascript.node.undo --check
have_anna 4
play ascript.node.undo
have_anna 0
play ascript.node.undo
says 'was taken back already'
fails grep -q 'changed=[1-9]' "$work/rollout/output"
grep -q '<name>ben</name>' "$work/labs/node1/etc/aspera.conf"

# Hosts of which there is no plan: one that fails, one that is down. The rollout goes on without them only if asked to.
mv "$work/labs/node3" "$work/labs/gone"
sed 's|node4: { |&ansible_connection: ssh, ansible_host: 127.0.0.1, ansible_port: 1, |' "$work/rollout/inventory.yml" >"$work/rollout/down.yml"
fails roll -i "$work/rollout/down.yml"
says 'node3: '
says '; node4: '
reviewed=$(digest)
fails roll -e "rollout_approved=$reviewed"
says 'No plan of node3, node4'
have_anna 0
roll -e "rollout_approved=$reviewed" -e rollout_allow_missing=true
says 'skipping: [node4]'
have_anna 2

# Nor is it taken back there.
play ascript.node.undo
have_anna 0

# A node on which a step fails stops the rollout. When its run was taken back, the same command goes on.
rm -rf "$work/rollout/review"
cat >"$work/rollout/restart.rhai" <<'RHAI'
conf.set_user("anna", #{ absolute: "/srv/anna" });
service.refresh("asperanoded");
RHAI
restart() { (cd "$work/rollout" && play ascript.node.rollout -e rollout_script_file=restart.rhai --limit node1,node2 "$@"); }
for number in 1 2; do
  "$binary" run - --node "$work/labs/node$number" --live --yes -q <<<'service.refresh("asperanoded");' 2>/dev/null
done
restart
reviewed=$(digest)
echo systemctl=fail >"$work/labs/node2/var/lab/faults"
fails restart -e "rollout_approved=$reviewed" -e '{"rollout_serial": [1]}'
says '1 step done as run'
has_anna 1
rm "$work/labs/node2/var/lab/faults"
fails restart -e "rollout_approved=$reviewed"
says 'of this plan failed on this host with 1 step done'
play ascript.node.undo --limit node2
restart -e "rollout_approved=$reviewed"
grep -q '^node1 .* changed=0 ' "$work/rollout/output"
grep -q '^node2 .* changed=1 ' "$work/rollout/output"
has_anna 2
play ascript.node.undo
have_anna 0
says "node3: nothing to take back: the review in $work/rollout/review has no plan of it"

# A later run that stands on the same keeps the run from being taken back, unless that is asked for. What an undo leaves is
# named, and the plan then no longer holds.
rm -rf "$work/rollout/review"
folder() {
  play ascript.node.rollout -e "rollout_text='dir.ensure(\"/srv/left\"); conf.set_user(\"anna\", #{ absolute: \"/srv/left\" });'" \
    --limit node1 "$@"
}
folder
reviewed=$(digest)
folder -e "rollout_approved=$reviewed"
"$binary" run - --node "$work/labs/node1" --live --yes -q <<<'conf.set_user("anna", #{ absolute: "/elsewhere" });' 2>/dev/null
play ascript.node.undo --limit node1 --check
says 'changed conf/user/anna/absolute afterwards'
fails play ascript.node.undo --limit node1
says 'changed conf/user/anna/absolute afterwards'
says 'give `rollout_later: true`'
has_anna 1
play ascript.node.undo --limit node1 -e rollout_later=true
says 'the folder /srv/left stays, since it may hold files'
fails has_anna 1
fails folder -e "rollout_approved=$reviewed"
says 'which may leave something, such as a folder: plan again and approve again'

# A step fails after another one, and the rest is planned again: what the first plan did stands, and is named.
rm -rf "$work/rollout/review"
restart
reviewed=$(digest)
echo systemctl=fail >"$work/labs/node2/var/lab/faults"
fails restart --limit node2 -e "rollout_approved=$reviewed"
rm "$work/labs/node2/var/lab/faults"
restart --limit node2
restart --limit node2 -e "rollout_approved=$(digest)"
play ascript.node.undo --limit node2
says 'of an earlier review stands: give'
has_anna 2
play ascript.node.undo --limit node2 -e "rollout_review=$work/rollout/review/earlier/$(printf %s "${reviewed#sha256:}" | cut -c 1-12)"
have_anna 0
reviewed=$(digest)

# A review is made of the variable with that name only, and otherwise the earlier one stays.
cat >"$work/rollout/misspelt.yml" <<YAML
- hosts: node1
  gather_facts: false
  tasks:
    - ascript.node.plan: { text: "let nothing = 1;", node: "{{ rollout_node }}", binary: "{{ rollout_binary }}" }
      register: planned
    - ascript.node.review: { planned: , dest: $work/rollout/review, binary: $binary }
YAML
for planned in plnned '{{ planned }}'; do
  sed "s/planned: ,/planned: \"$planned\",/" "$work/rollout/misspelt.yml" >"$work/rollout/playbook.yml"
  fails play "$work/rollout/playbook.yml"
  says 'Give `planned` the name of the variable, not its value'
done
[ "$(digest)" = "$reviewed" ]
