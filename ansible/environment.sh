# Installs Ansible below target/ansible, copies the collection to where Ansible finds it, and makes labs. Sourced
# in the folder of the checkout, by scripts that set `binary`.
work=$PWD/target/ansible
collection=$work/ansible_collections/ascript/node

[ -x "$work/venv/bin/pip" ] || python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet -r ansible/requirements-test.txt
mkdir -p "$collection"
cp -R ansible/. "$collection"

export PATH=$work/venv/bin:$PATH ANSIBLE_COLLECTIONS_PATH=$work ANSIBLE_HOME=$work/home ANSIBLE_LOCAL_TEMP=$work/tmp
export ANSIBLE_NOCOLOR=1 ANSIBLE_DEPRECATION_WARNINGS=0 ANSIBLE_RETRY_FILES_ENABLED=0 LC_ALL=C.UTF-8
unset ANSIBLE_CONFIG

# labs COUNT: an inventory of that many labs.
labs() {
  rm -rf "$work/labs"
  mkdir -p "$work/labs"
  echo "all: { vars: { ansible_connection: local, rollout_binary: $binary, rollout_controller_binary: $binary }, hosts: {"
  for number in $(seq "$1"); do
    "$binary" lab "$work/labs/node$number" --platform linux -q >&2
    # One copy of the program, which each lab has a link to.
    ln -f "$work/labs/node1/libexec/ascript-lab" "$work/labs/node$number/libexec/" 2>/dev/null || true
    echo "node$number.example.com" >"$work/labs/node$number/etc/hostname"
    echo "node$number: { rollout_node: $work/labs/node$number }, "
  done
  echo "} }"
}

# review_digest FOLDER: the digest of the review in it, or nothing.
review_digest() { sed -n 's/^  "digest": "\(.*\)",$/\1/p' "$1/fleet.json" 2>/dev/null || true; }
