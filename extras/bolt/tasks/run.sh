#!/bin/sh
# Puts what every run needs before the parameters that Bolt writes to standard input. `ascript` ignores the keys of Bolt
# itself, such as `_task`, but for `"_noop": true`, which means a preview.
PATH=$PATH:/usr/local/bin
export PATH
{
  printf '{"format": 1, "command": "run", "live": true, '
  sed '1s/^[[:space:]]*{//'
} | ascript call -
