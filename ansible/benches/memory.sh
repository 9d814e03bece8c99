# The controller of a plan and review of 1,000 users a host.
count=${1:-30}
make_labs "$count"
rm -rf "$work/bench/review"
read -r seconds mebibytes code < <(play ascript.node.rollout -e "rollout_review=$work/bench/review" -e '{"rollout_text":
  "for number in 0..1000 { conf.set_user(`user${number}`, #{ absolute: `/srv/${number}` }); }"}')
[ "$code" = 0 ] || { tail -5 "$work/bench/output" >&2; exit 1; }
printf '| hosts | kB of a plan | seconds | MiB of the largest process |\n| --- | --- | --- | --- |\n'
printf '| %s | %s | %s | %s |\n' "$count" "$(($(wc -c <"$work/bench/review/plans/node1.json") / 1000))" "$seconds" "$mebibytes"
