# What is published: the changelog, the artifact, and the README's playbooks with the installed artifact.
(
  cd "$collection"
  antsibull-changelog lint
  antsibull-changelog generate
)
cmp "$collection/CHANGELOG.rst" ansible/CHANGELOG.rst

# The artifact has no tests, and all that is documented.
rm -rf "$work/galaxy" && mkdir -p "$work/galaxy"
ansible-galaxy collection build "$collection" --output-path "$work/galaxy" >/dev/null
tar -tzf "$work/galaxy"/ascript-node-*.tar.gz | sort >"$work/galaxy/files"
fails grep -E '^(tests|test|benches|bench|environment.sh|requirements-test.txt)' "$work/galaxy/files"
grep -qx changelogs/changelog.yaml "$work/galaxy/files"

# It is installed from a checkout, too.
ANSIBLE_COLLECTIONS_PATH=$work/galaxy/checkout ansible-galaxy collection install --offline ./ansible >/dev/null
[ -e "$work/galaxy/checkout/ansible_collections/ascript/node/plugins/action/run.py" ]
[ ! -e "$work/galaxy/checkout/ansible_collections/ascript/node/tests" ]

# An execution environment can be described from it (which ansible-builder checks before it builds an image).
cp ansible/execution-environment.yml "$work/galaxy"
cp "$binary" "$work/galaxy/ascript"
ansible-builder create -f "$work/galaxy/execution-environment.yml" -c "$work/galaxy/context" >/dev/null
grep -q '/usr/local/bin/ascript' "$work/galaxy/context/"*file

# The README's inventory, commands and playbook, with the hosts on this machine: below `installed` nothing else is found.
labs 2 >/dev/null
ANSIBLE_COLLECTIONS_PATH=$work/galaxy/installed ansible-galaxy collection install --offline "$work/galaxy"/ascript-node-*.tar.gz >/dev/null
mkdir -p "$work/galaxy/bin"
block() { sed -n "/^ *$1/,/^\`\`\`/p" ansible/README.md | sed '$d'; }
block '# inventory.yml' >"$work/galaxy/inventory.yml"
block '# install.yml' >"$work/galaxy/install.yml"
published() {
  (
    cd "$work/galaxy"
    ANSIBLE_COLLECTIONS_PATH=$work/galaxy/installed ansible-playbook "$@" -e ansible_connection=local \
      -e "rollout_node=$work/labs/{{ inventory_hostname }}" -e "rollout_binary=$work/galaxy/bin/{{ inventory_hostname }}" \
      -e "rollout_controller_binary=$binary" >"$work/galaxy/output" 2>&1
  )
}
published -i inventory.yml install.yml -e ansible_become=false -e "install_binary=$work/galaxy/bin/{{ inventory_hostname }}" \
  -e "{'install_programs': {'$(uname -s)-$(uname -m)': '$binary'}, 'install_version': '$("$binary" --version | cut -d' ' -f2)'}"
cmp "$binary" "$work/galaxy/bin/node2"

# The commands of the README, each in one line, with the digest of the review.
shown() {
  approved=$(review_digest "$work/galaxy/review")
  sed -n 's/^    ansible-playbook //p' ansible/README.md | sed -n "s/sha256:…/$approved/; $1p"
}
secrets='{"rollout_secrets": {"env:FASPEX_TOKEN_KEY": "wJ4q8ZsR1mVx6Tb2YnLk", "env:FASPEX_NODE_PASSWORD": "wJ4q8ZsR1mVx6Tb2"}}'
does() {
  published $(shown "$1") -e "$secrets" || { tail -30 "$work/galaxy/output"; return 1; }
}
are_set() { [ "$(grep -l faspex "$work"/labs/*/etc/aspera.conf | wc -l)" = "$1" ]; }
[ -z "$(shown 4)" ]
does 1
are_set 0
does 2
are_set 2
does 3
are_set 0
