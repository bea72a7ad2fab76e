// docs/cli.md is made from the tree of commands, so that what is documented is what `linda COMMAND --help` says.

import type { Argument, Command, Option } from 'commander'
import { exitsOf } from '../../agent/cli/exits.ts'
import { commandsOf, makeProgram } from '../../agent/cli/program.ts'

const head = `<!-- Made by scripts/docs/cli.ts from the commands of agent/cli. Do not edit: run \`npm run docs\`. -->

# Commands

\`npm run --silent linda -- COMMAND\` in a checkout, \`linda COMMAND\` in the image. \`linda help COMMAND\` says the same as this page.

**Exit status:** 0 is good, 1 is a failure, 2 is a mistake of the caller, and nothing was done. What exactly, each command says below. A mistake is one line on stderr that
names what was found and what is allowed.

**Where the agent is:** \`LINDA_URL\` (\`http://127.0.0.1:8420\` where it is not set) and \`LINDA_TOKEN_FILE\`, a file that holds one token. The demo writes both to \`.linda/demo.env\`.

**Output:** tables for people on stdout; with \`--json\` the answer of the API as it is, or one JSON object. Notes and mistakes go to stderr. Colours only where stdout is a terminal that has them, and
never where \`NO_COLOR\` is set to anything. In a narrow terminal some tables leave out or shorten columns, and say on stderr which.

**Completion** of commands, options, and of the accounts and pools of the agent that \`LINDA_URL\` and \`LINDA_TOKEN_FILE\` name:

\`\`\`sh
source <(linda completion bash)                                        # in ~/.bashrc
source <(linda completion zsh)                                         # in ~/.zshrc, after compinit
linda completion fish > ~/.config/fish/completions/linda.fish          # once
\`\`\`

In a checkout make \`linda\` a command first: \`linda() { npm run --silent --prefix /path/to/checkout linda -- "$@"; }\`.

`

export function render(): string {
  const program = makeProgram({
    io: { out: () => {}, err: () => {}, screen: false, env: {}, cwd: '.' },
    finish: () => {},
    run: async () => 0,
    version: '0',
  })
  const all = [...commandsOf(program)]
  const list = all.map(
    ({ name, command }) =>
      `| [\`${name}\`](#linda-${name.replaceAll(' ', '-')}) | ${cell(command.description())} |`,
  )
  const overview = ['| command | what it does |', '|---|---|', ...list].join('\n')
  return `${head}${overview}\n${all.map(({ name, command }) => section(name, command)).join('')}`
}

function section(name: string, command: Command): string {
  const help = command.createHelp()
  const usage = `linda ${name} ${command.usage()}`.replace(' [command]', '').trimEnd()
  const rows = [
    ...command.registeredArguments.map(argumentRow),
    ...inherited(command).map(optionRow),
    ...help
      .visibleOptions(command)
      .filter(({ long }) => long !== '--help')
      .map(optionRow),
  ]
  const table = rows.length === 0 ? '' : `\n\n| argument or option | meaning |\n|---|---|\n${rows.join('\n')}`
  const exits = Object.entries(exitsOf(command)).map(([status, meaning]) => `${status}: ${meaning}`)
  return `\n## linda ${name}\n\n\`${usage}\`\n\n${sentence(command.description())}${table}\n\nExit status ${exits.join('. ')}.\n`
}

/** Options of the group that its commands understand too. */
function inherited(command: Command): Option[] {
  const json = command.parent?.options.find(({ long }) => long === '--json')
  return json && !command.options.some(({ long }) => long === '--json') ? [json] : []
}

function argumentRow(argument: Argument): string {
  const { description, argChoices, defaultValue, required, variadic } = argument
  const name = `${argument.name()}${variadic ? '...' : ''}`
  return row(required ? `<${name}>` : `[${name}]`, description, argChoices, defaultValue)
}

function optionRow({ flags, description, argChoices, defaultValue }: Option): string {
  return row(flags, description, argChoices, defaultValue)
}

function row(name: string, about: string, choices: readonly string[] | undefined, fallback: unknown): string {
  const allowed = choices ? `; one of ${choices.map((each) => `\`${each}\``).join(', ')}` : ''
  // `--no-wait` is on where it is left out, which nobody needs to be told.
  const standard =
    fallback === undefined || fallback === '' || fallback === true
      ? ''
      : `; \`${fallback}\` where it is left out`
  return `| \`${cell(name)}\` | ${cell(about)}${allowed}${standard} |`
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
