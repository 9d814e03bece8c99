# The role `install` with a destination that needs no root: it copies what differs, and never replaces a program that
# runs by one that does not.
rm -rf "$work/install" && mkdir -p "$work/install/bin"
installed=$work/install/bin/ascript
version=$("$binary" --version | cut -d' ' -f2)
install() {
  ansible-playbook -i localhost, -c local /dev/stdin "$@" >"$work/install/output" 2>&1 <<YAML
- hosts: localhost
  gather_facts: false
  roles: [ascript.node.install]
  vars:
    install_version: $version
    install_binary: "$installed"
    install_programs: { $(uname -s)-$(uname -m): "${program:-$binary}" }
YAML
}
says() { grep -qF -- "$1" "$work/install/output" || { tail -40 "$work/install/output"; echo "not in the output: $1" >&2; return 1; }; }

# In check mode nothing is copied.
install --check
says 'changed=1'
[ ! -e "$installed" ]

# The first time it is copied, with its mode; the second time nothing is done.
install
says 'changed=1'
cmp "$binary" "$installed"
[ "$(find "$installed" -perm 0755)" = "$installed" ]
install
says 'changed=0'

# Another version is replaced.
printf '#!/bin/sh\necho ascript 0.0.1\n' >"$installed"
install
says 'changed=1'
cmp "$binary" "$installed"

# From the archive of a release.
printf '#!/bin/sh\necho ascript 0.0.1\n' >"$installed"
mkdir -p "$work/install/release"
ln -f "$binary" "$work/install/release/ascript" 2>/dev/null || cp "$binary" "$work/install/release/ascript"
tar -czf "$work/install/release.tar.gz" -C "$work/install" release
program=$work/install/release.tar.gz install
says 'changed=1'
cmp "$binary" "$installed"
echo 'no archive' >"$work/install/broken.tar.gz"
printf '#!/bin/sh\necho ascript 0.0.1\n' >"$installed"
program=$work/install/broken.tar.gz fails install
says "localhost: $work/install/broken.tar.gz cannot be unpacked"
head -c 100000 "$work/install/release.tar.gz" >"$work/install/truncated.tar.gz"
program=$work/install/truncated.tar.gz fails install
says "localhost: $work/install/truncated.tar.gz cannot be unpacked"
mkdir "$work/install/former"
printf '#!/bin/sh\necho ascript 0.0.2\n' >"$work/install/former/ascript"
tar -czf "$work/install/former.tar.gz" -C "$work/install" former
program=$work/install/former.tar.gz fails install
says 'former.tar.gz is version 0.0.2, not'

# A host for which there is no program, and a program that is of another machine or version: what is there stays.
printf '#!/bin/sh\necho ascript 0.0.1\n' >"$installed"
fails install -e '{"install_programs": {"Plan9-mips": "ascript"}}'
says "localhost is a $(uname -s)-$(uname -m), for which \`programs\` has no file. It has: Plan9-mips"
printf '\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\363\0\1\0\0\0' >"$work/install/foreign"
program=$work/install/foreign fails install
says 'Is it built for this host?'
printf '#!/bin/sh\necho ascript 0.0.2\n' >"$work/install/old"
program=$work/install/old fails install
says 'is version 0.0.2, not'
[ "$("$installed" --version)" = 'ascript 0.0.1' ]

# A folder that is not there.
installed=$work/install/nowhere/ascript fails install
says 'could not be written'
[ "$(ls "$work/install/bin")" = ascript ]
