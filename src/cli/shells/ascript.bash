# Completion of ascript for bash, 3.2 or newer.

_ascript() {
    local rest=${COMP_LINE:0:COMP_POINT} word i kept value help
    local -a words=()
    # Bash splits words at = and :, which are part of ours. Join what is not
    # separated by blanks.
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        ((i < COMP_CWORD)) || word=${rest#"${rest%%[![:space:]]*}"}
        if [[ ${#words[@]} == 0 || $rest == [[:space:]]* ]]; then
            rest=${rest#"${rest%%[![:space:]]*}"}
            words+=("$word")
        else
            words[${#words[@]}-1]+=$word
        fi
        rest=${rest#"$word"}
    done
    word=${words[${#words[@]}-1]}
    unset "words[${#words[@]}-1]"
    # Bash replaces only the last of its own words, so strip what precedes it.
    kept=${word%"$2"}
    COMPREPLY=()
    while IFS=$'\t' read -r value help; do
        printf -v value %q "${value#"$kept"}"
        COMPREPLY+=("$value")
    done < <(ascript complete --word="$word" -- "${words[@]}" 2>/dev/null)
    if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[=:/] ]]; then
        compopt -o nospace 2>/dev/null
    fi
}
complete -F _ascript ascript
