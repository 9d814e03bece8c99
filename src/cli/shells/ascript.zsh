#compdef ascript
# Completion of ascript for zsh.

_ascript() {
    local line value shown
    local -a whole whole_shown open open_shown
    for line in ${(f)"$(ascript complete --word="${(Q)PREFIX}" -- "${(Q@)words[1,CURRENT-1]}" 2>/dev/null)"}; do
        value=${line%%$'\t'*}
        shown=${line/$'\t'/  -- }
        # No space after these: the word goes on.
        if [[ $value == *[=:/] ]]; then
            open+=("$value") open_shown+=("$shown")
        else
            whole+=("$value") whole_shown+=("$shown")
        fi
    done
    compadd -V scripts -l -d whole_shown -a whole
    compadd -V scripts -S '' -l -d open_shown -a open
}

if [[ ${funcstack[1]-} == _ascript ]]; then
    _ascript "$@"
else
    compdef _ascript ascript
fi
