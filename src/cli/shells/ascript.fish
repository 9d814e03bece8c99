# Completion of ascript for fish.

complete -c ascript -f -k -a '(ascript complete --word=(commandline -ct) -- (commandline -opc) 2>/dev/null)'
