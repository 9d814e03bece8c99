# As the publisher of collections checks them.
(cd "$collection" && ansible-test sanity --python "$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')")
