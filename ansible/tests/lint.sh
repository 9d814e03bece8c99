# The profile that a published collection must have.
(cd "$collection" && ansible-lint --offline --profile production --exclude changelogs)
