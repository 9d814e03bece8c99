# Every action, as ansible-test integration would run it.
rm -rf "$work/output"
mkdir -p "$work/output"
ansible-playbook -i localhost, -c local /dev/stdin <<YAML
- hosts: localhost
  gather_facts: false
  vars: { ascript_binary: $binary, output_dir: $work/output }
  tasks:
    - ansible.builtin.include_tasks: $PWD/ansible/tests/integration/targets/node/tasks/main.yml
YAML
