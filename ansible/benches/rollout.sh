# A rollout, step by step.
count=${1:-1000}
last=node$count
make_labs "$count"
rm -rf "$work/bench/review"
cat >"$work/bench/site.rhai" <<'RHAI'
conf.set_user("anna", #{ absolute: "/srv/anna" });
conf.set_server(#{ server_name: host.name });
RHAI
done_on() { find "$work/labs" -path '*/etc/aspera.conf' -exec grep -l '<absolute>/srv/anna</absolute>' {} + | wc -l | tr -d ' '; }
step() {
  name=$1
  shift
  read -r seconds mebibytes code < <(play "$@" -e "rollout_review=$work/bench/review" -e rollout_allow_missing=true)
  printf '| %s | %s | %s | %s | %s |\n' "$name" "$seconds" "$mebibytes" "$code" "$(done_on)"
}
plan=(ascript.node.rollout -e "rollout_text={{ lookup('ansible.builtin.file', '$work/bench/site.rhai') }}")
drift() { "$work/labs/$1/bin/asconfigurator" -x "$2" >/dev/null; }
printf '| step | seconds | MiB | exit code | hosts with the change |\n| --- | --- | --- | --- | --- |\n'

mv "$work/labs/$last" "$work/labs/down"
step "plan and review $count hosts, one of them down" "${plan[@]}"
apply=(ascript.node.rollout -e "rollout_approved=$(review_digest "$work/bench/review")")
drift node2 'set_user_data;user_name,anna;absolute,/elsewhere'
drift node3 'set_user_data;user_name,anna;absolute,/elsewhere'
step 'apply after two hosts drifted' "${apply[@]}"
drift node2 'delete_user;user_name,anna'
step 'apply without the other one' "${apply[@]}" --limit 'all:!node3'
drift node3 'delete_user;user_name,anna'
step 'resume with it' "${apply[@]}"
step 'take it back' ascript.node.undo
printf '\nThe page of the review has %s kB.\n' "$(($(wc -c <"$work/bench/review/fleet.html") / 1000))"
