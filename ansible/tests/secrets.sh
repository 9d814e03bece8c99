# A secret that is given to a task is in no output at -vvvv, in no command line, and in no temporary file.
secret=wJ4q8ZsR1mVx6Tb2YnLk
rm -rf "$work/secret" && mkdir -p "$work/secret"
# As a vault would give it: where a task fails, Ansible prints the lines of the playbook.
echo "vault_key: $secret" >"$work/secret/vault.yml"
cat >"$work/secret/playbook.yml" <<YAML
- hosts: all
  gather_facts: false
  tasks:
    - ascript.node.run:
        node: "{{ rollout_node }}"
        binary: $work/secret/ascript
        text: |
          conf.set_user("anna", #{ token_encryption_key: secret("env:KEY") });
        secrets: { "env:KEY": "{{ vault_key }}" }
      diff: true
    - ascript.node.run:
        node: "{{ rollout_node }}"
        binary: $work/secret/ascript
        text: |
          conf.set_user("ben", #{ token_encryption_key: secret("env:KEY"), absolut: "/srv" });
        secrets: { "env:KEY": "{{ vault_key }}" }
      ignore_errors: true
- import_playbook: ascript.node.rollout
  vars:
    rollout_binary: $work/secret/ascript
    rollout_text: |
      conf.set_user("carl", #{ token_encryption_key: secret("env:KEY") });
    rollout_secrets: { "env:KEY": "{{ vault_key }}" }
    rollout_review: $work/secret/review
YAML
# In place of the program: it notes the command lines and temporary files that are there while it runs.
cat >"$work/secret/ascript" <<SH
#!/bin/sh
ps -eww -o args= >>"$work/secret/processes"
grep -rl $secret "$work/tmp" "$work/home" "\$HOME/.ansible" 2>/dev/null >>"$work/secret/files"
exec "$binary" "\$@"
SH
chmod +x "$work/secret/ascript"
labs 1 >"$work/secret/inventory.yml"
ansible-playbook -vvvv -i "$work/secret/inventory.yml" -e "@$work/secret/vault.yml" "$work/secret/playbook.yml" >"$work/secret/output"
[ "$(grep -c 'sh .*/ascript call -$' "$work/secret/processes")" -ge 3 ]
[ ! -s "$work/secret/files" ]
fails grep -l $secret "$work/secret/processes" "$work/secret/output"
fails grep -rl $secret "$work/secret/review"
fails grep -rl $secret "$work/labs" --include='*.json'
grep -q $secret "$work/labs/node1/etc/aspera.conf"
