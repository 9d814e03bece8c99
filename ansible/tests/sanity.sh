# As the publisher of collections checks them. It lists files by git, and this copy is in a folder that git ignores.
git init -q "$collection"
(cd "$collection" && ansible-test sanity --python "$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')")
