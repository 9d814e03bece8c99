# Hosts × connection × wrapper.
[ $# -gt 0 ] || set -- 3 30 100
sockets=$(mktemp -d)
port=2222

start_sshd() {
  rm -f "$work/bench"/key*
  ssh-keygen -q -t ed25519 -N '' -f "$work/bench/key"
  printf '%s\n' "Port $port" "ListenAddress 127.0.0.1" "HostKey $work/bench/key" "PidFile none" "StrictModes no" \
    "AuthorizedKeysFile $work/bench/key.pub" "PasswordAuthentication no" "MaxStartups 200" \
    "Subsystem sftp internal-sftp" >"$work/bench/sshd_config"
  "$sshd" -D -f "$work/bench/sshd_config" 2>"$work/bench/sshd.log" &
  trap "kill $!; rm -rf $sockets" EXIT
}

# Ends the connections that ssh keeps, so that each run makes its own.
disconnect() {
  find "$sockets" -type s -print0 | xargs -0 -r -P 10 -I {} ssh -o ControlPath={} -O exit localhost 2>/dev/null || true
}

by_ssh=(-e ansible_connection=ssh -e ansible_host=127.0.0.1 -e "ansible_port=$port" -e "ansible_user=$(id -un)"
  -e "ansible_ssh_private_key_file=$work/bench/key" -e "ansible_control_path=$sockets/{{ inventory_hostname }}"
  -e "{'ansible_ssh_common_args': '-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR'}")
connection() {
  case $1 in
    'ssh') printf '%s\n' "${by_ssh[@]}" -e ansible_pipelining=false ;;
    'ssh, pipelining') printf '%s\n' "${by_ssh[@]}" -e ansible_pipelining=true ;;
  esac
}

wrappers=(raw command preview)
for wrapper in "${wrappers[@]}"; do
  case $wrapper in
    preview) task="ascript.node.run: { script: faspex-node-linux, node: '{{ rollout_node }}', binary: '$binary' }, check_mode: true" ;;
    *) task="ansible.builtin.$wrapper: 'true'" ;;
  esac
  echo "[{ hosts: all, gather_facts: false, tasks: [{ $task }] }]" >"$work/bench/$wrapper.yml"
done

# The median seconds of each wrapper, which take turns.
row() {
  local options=() wrapper
  while read -r option; do options+=("$option"); done < <(connection "$2")
  for _ in 1 2 3; do
    for wrapper in "${wrappers[@]}"; do
      read -r seconds mebibytes code < <(play "$work/bench/$wrapper.yml" "${options[@]}")
      [ "$code" = 0 ] || { tail -5 "$work/bench/output" >&2; exit 1; }
      echo "$wrapper $seconds"
      disconnect
    done
  done >"$work/bench/seconds"
  printf '| %s | %s |' "$1" "$2"
  for wrapper in "${wrappers[@]}"; do
    printf ' %s |' "$(sed -n "s/^$wrapper //p" "$work/bench/seconds" | sort -n | sed -n 2p)"
  done
  echo
}

connections=(local)
if [ -x "$sshd" ]; then
  start_sshd
  connections+=(ssh 'ssh, pipelining')
else
  echo "no sshd here: SSHD=/path/to/sshd measures ssh too" >&2
fi
printf '| hosts | connection | raw | command | preview |\n| --- | --- | --- | --- | --- |\n'
for count; do
  make_labs "$count"
  for name in "${connections[@]}"; do row "$count" "$name"; done
done
