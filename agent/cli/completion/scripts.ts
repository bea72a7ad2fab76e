// The few lines that each shell needs to ask `linda complete` what may come next; the words are handed on as they are, never evaluated.

const bash = `# Completion of linda for bash. Put into ~/.bashrc: source <(linda completion bash)
_linda() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("\${line%%$'\\t'*}")
  done < <(linda complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _linda linda
`

const zsh = `#compdef linda
# Completion of linda for zsh. Put into ~/.zshrc, after compinit: source <(linda completion zsh)
_linda() {
  local line name
  local -a found
  while IFS= read -r line; do
    name=\${line%%$'\\t'*}
    found+=("\${name//:/\\\\:}:\${line#*$'\\t'}")
  done < <(linda complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#found} )); then
    _describe -V linda found
  else
    _files
  fi
}
compdef _linda linda
`

const fish = `# Completion of linda for fish. Write it once: linda completion fish > ~/.config/fish/completions/linda.fish
function __linda_complete
    set -l before (commandline -opc)
    set -l word (commandline -ct)
    set -l found (linda complete -- $before[2..-1] "$word" 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\\n' $found
    else
        __fish_complete_path "$word"
    end
end
complete -c linda -f -k -a '(__linda_complete)'
`

export const scripts = { bash, zsh, fish } as const
export type Shell = keyof typeof scripts
export const shells = Object.keys(scripts) as readonly Shell[]
